xconn exec hq-ce -- vtysh -N hq-ce -c 'configure terminal' -c 'router bgp 65020' -c 'neighbor 10.17.11.76 shutdown'
