xconn exec carrier -- nft flush chain netdev port incoming
