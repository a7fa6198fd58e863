xconn exec hq-ce -- vtysh -N hq-ce -c 'configure terminal' -c 'router bgp 65020' -c 'address-family ipv4 unicast' -c 'neighbor 169.254.21.2 weight 1000' -c 'neighbor 169.254.21.6 weight 900'
