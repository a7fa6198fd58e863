xconn exec hq-ce -- vtysh -N hq-ce -c 'configure terminal' -c 'router bgp 65020' -c 'address-family ipv4 unicast' -c 'neighbor 10.17.11.76 weight 1000'
