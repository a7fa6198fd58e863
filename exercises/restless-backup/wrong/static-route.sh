# the office is not cut off any more, the session still ends, and a dead gateway is never noticed
xconn node update hq 'routes=[{to: 10.1.0.0/16, interface: vpn}]'
