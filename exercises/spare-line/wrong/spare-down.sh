xconn exec office -- ip link set spare down
