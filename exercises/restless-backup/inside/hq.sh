vtysh -N hq -c 'configure terminal' -c 'router bgp 65020' -c 'timers bgp 60 180'
vtysh -N hq -c 'clear bgp 10.1.255.14'
