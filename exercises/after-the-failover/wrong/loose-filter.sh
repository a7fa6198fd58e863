xconn exec fw-a -- sysctl -qw net.ipv4.conf.all.rp_filter=2
