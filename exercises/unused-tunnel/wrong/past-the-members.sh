xconn exec hq-fgt -- ip route add 172.16.137.0/24 dev vpn
