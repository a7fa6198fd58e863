xconn exec server -- ip route add 10.1.3.0/24 via 10.1.2.1
xconn exec fw-a -- nft flush chain ip firewall forward
xconn exec fw-a -- nft 'chain ip firewall forward { policy accept; }'
