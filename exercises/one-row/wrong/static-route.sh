xconn exec ce -- ip route add 10.20.1.0/24 via 192.0.2.2
