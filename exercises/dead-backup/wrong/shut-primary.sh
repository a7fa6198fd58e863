xconn exec ce -- vtysh -N ce -c 'configure terminal' -c 'router bgp 65010' -c 'neighbor 192.0.2.2 shutdown'
