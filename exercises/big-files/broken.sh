xconn exec carrier -- nft add table netdev port
xconn exec carrier -- nft 'add chain netdev port incoming { type filter hook ingress device "er1-pri" priority 0; }'
xconn exec carrier -- nft add rule netdev port incoming meta length gt ${size} drop
