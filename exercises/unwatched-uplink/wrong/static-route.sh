xconn exec hq-fgt -- ip route add 172.16.137.0/24 via 172.16.251.254
