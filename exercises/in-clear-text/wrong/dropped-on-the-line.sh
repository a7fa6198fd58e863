xconn exec hq-ce -- nft add table inet line
xconn exec hq-ce -- nft 'add chain inet line in { type filter hook prerouting priority 0; }'
xconn exec hq-ce -- nft 'add rule inet line in iifname { "pri.100", "sec.100" } ip daddr 10.0.1.0/24 drop'
