xconn exec nva -- ip route add 10.0.100.0/25 dev eth0
