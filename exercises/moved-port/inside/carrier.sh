nft list ruleset
nft delete table netdev port
