vtysh -N ce -c 'configure terminal' \
  -c 'route-map SPARE permit 10' -c 'set as-path prepend 65010 65010' -c 'exit' \
  -c 'route-map BEST permit 10' -c 'set local-preference 200' -c 'exit' \
  -c 'router bgp 65010' -c 'address-family ipv4 unicast' \
  -c 'no neighbor 192.0.2.6 route-map OUT-192.0.2.6 out' \
  -c 'neighbor 192.0.2.6 route-map BEST in' -c 'neighbor 192.0.2.2 route-map SPARE out'
