vtysh -N hq-ce -c 'configure terminal' -c 'ip prefix-list LINE permit 10.0.0.0/16' \
  -c 'router bgp 65020' -c 'address-family ipv4 unicast' -c 'network 10.0.0.0/16' \
  -c 'neighbor 192.168.11.18 prefix-list LINE out' -c 'neighbor 192.168.11.22 prefix-list LINE out'
