xconn exec nva -- nft flush chain inet firewall forward
xconn exec nva -- nft add rule inet firewall forward accept
