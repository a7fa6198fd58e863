xconn exec fgt-a -- ip address add ${typed}/32 dev vpn
xconn exec fgt-a -- ip address del 198.18.1.1/32 dev vpn
