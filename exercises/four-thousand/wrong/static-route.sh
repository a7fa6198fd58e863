xconn exec ce -- ip route add 10.20.0.0/16 via 192.0.2.2
