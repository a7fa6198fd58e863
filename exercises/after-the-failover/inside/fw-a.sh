ip route get 168.63.129.16 from 10.1.1.11
ip route add 168.63.129.16/32 via 10.1.1.1 table 501
ip rule add priority 500 from 10.1.1.11 to 168.63.129.16 table 501
