# zero means that nobody says a word and nobody gives up: not even on a gateway that is dead
xconn exec hq -- vtysh -N hq -c 'configure terminal' -c 'router bgp 65020' -c 'timers bgp 0 0'
xconn exec hq -- vtysh -N hq -c 'clear bgp 10.1.255.14'
