ip address show dev vpn
ip address add 198.18.1.1/32 dev vpn
ip address del ${typed}/32 dev vpn
