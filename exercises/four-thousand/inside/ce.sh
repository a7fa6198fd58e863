vtysh -N ce -c 'show bgp ipv4 unicast summary'
vtysh -N ce -c 'configure terminal' -c 'ip prefix-list branch permit 192.168.10.0/24' \
  -c 'router bgp 65010' -c 'address-family ipv4 unicast' \
  -c 'neighbor 192.0.2.2 prefix-list branch out' -c 'neighbor 192.0.2.6 prefix-list branch out'
# Microsoft's routers try again a minute after they gave up
ping -q -c 1 -w 75 -I 192.168.10.1 10.20.1.4
