xconn exec fw-a -- ip route replace default via 10.1.1.1
