xconn exec fw-a -- ip rule del priority 500
xconn exec fw-a -- ip route flush table 501
