xconn exec ce -- vtysh -N ce -c 'configure terminal' -c 'router bgp 65010' -c 'address-family ipv4 unicast' -c 'network 10.0.0.0/8'
