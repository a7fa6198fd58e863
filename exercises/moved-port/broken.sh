xconn exec carrier -- nft add table netdev port
xconn exec carrier -- nft 'add chain netdev port incoming { type filter hook ingress device "er1-${line}" priority 0; }'
xconn exec carrier -- nft add rule netdev port incoming vlan id 100 vlan id set ${wrong}
xconn exec carrier -- nft 'add chain netdev port outgoing { type filter hook egress device "er1-${line}" priority 0; }'
xconn exec carrier -- nft add rule netdev port outgoing vlan id 100 vlan id set ${wrong}
xconn exec ce -- ip neigh flush dev ${line}.100
xconn exec ${msee} -- ip neigh flush to ${neighbor}/30
