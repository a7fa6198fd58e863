# the routes outlast the session, which still ends
xconn exec hq -- vtysh -N hq -c 'configure terminal' -c 'router bgp 65020' -c 'bgp graceful-restart'
xconn exec hq -- vtysh -N hq -c 'clear bgp 10.1.255.14'
