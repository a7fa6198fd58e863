xconn exec hq -- ip route replace 10.1.0.0/16 via 203.0.113.1
