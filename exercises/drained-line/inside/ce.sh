vtysh -N ce -c 'show bgp ipv4 unicast 10.20.0.0/16'
vtysh -N ce -c 'configure terminal' -c 'route-map IN-192.0.2.2 permit 10' -c 'no set local-preference'
vtysh -N ce -c 'clear bgp 192.0.2.2 soft in'
