xconn exec hq-ce -- ip route add 10.17.11.0/26 dev vpn0
