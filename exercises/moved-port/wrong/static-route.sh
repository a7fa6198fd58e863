xconn exec ce -- ip route add 10.20.0.0/16 via ${neighbor} metric 500
