vtysh -N ce -c 'show bfd peers brief'
vtysh -N ce -c 'configure terminal' -c 'router bgp 65010' -c 'neighbor 192.0.2.2 bfd' -c 'neighbor 192.0.2.2 bfd profile fast'
