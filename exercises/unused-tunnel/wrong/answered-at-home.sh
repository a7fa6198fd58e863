xconn exec hq-fgt -- ip address add 198.18.1.1/32 dev lo
