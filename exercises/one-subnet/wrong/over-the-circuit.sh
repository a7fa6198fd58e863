xconn node update hq-edge 'bgp.advertise=[10.0.255.1/32, 10.0.1.0/24]'
