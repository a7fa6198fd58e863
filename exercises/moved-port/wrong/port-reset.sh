xconn exec carrier -- ip link set er1-${line} down
xconn exec carrier -- ip link set er1-${line} up
