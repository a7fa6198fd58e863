xconn exec cust1-ce -- nft add table inet office
xconn exec cust1-ce -- nft 'add chain inet office forward { type filter hook forward priority 0; }'
xconn exec cust1-ce -- nft add rule inet office forward ip daddr 203.0.113.248/29 drop
