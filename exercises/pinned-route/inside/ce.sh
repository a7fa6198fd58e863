ip route get 10.20.1.4
ip route del ${network} via 192.0.2.2
