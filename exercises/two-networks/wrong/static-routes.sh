xconn exec vm-a -- ip route add 10.30.0.0/16 via 10.20.1.1
xconn exec vm-b -- ip route add 10.20.0.0/16 via 10.30.1.1
