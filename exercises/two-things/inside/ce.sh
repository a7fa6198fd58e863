ip route get 10.20.1.4
ip route del ${network} via 192.0.2.2
vtysh -N ce -c 'show bgp ipv4 unicast neighbors 192.0.2.6 advertised-routes'
vtysh -N ce -c 'configure terminal' -c 'no ip prefix-list OUT-192.0.2.6 seq 5' -c 'ip prefix-list OUT-192.0.2.6 seq 5 permit 192.168.10.0/24'
vtysh -N ce -c 'clear bgp 192.0.2.6 soft out'
