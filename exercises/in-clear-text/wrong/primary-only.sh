xconn exec hq-ce -- vtysh -N hq-ce -c 'configure terminal' -c 'router bgp 65020' -c 'neighbor 192.168.11.18 shutdown'
