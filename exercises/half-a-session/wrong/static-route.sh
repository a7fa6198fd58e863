xconn exec ${vm} -- ip route add 198.51.100.0/25 via $$(xconn exec ${vm} -- ip -o route show default | awk '{print $$3}')
