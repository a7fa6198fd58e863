ping -q -c 1 -W 1 ${neighbor}
vtysh -N ce -c 'show running-config'
vtysh -N ce -c 'configure terminal' -c 'router bgp 65010' -c 'neighbor ${neighbor} password branchkey'
