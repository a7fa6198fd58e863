vtysh -N cust1-ce -c 'configure terminal' -c 'router bgp 65001' -c 'address-family ipv4 unicast' -c 'no network 0.0.0.0/0'
