xconn exec ce -- sh -c '{
  echo "router bgp 65010"
  echo "address-family ipv4 unicast"
  for third in $$(seq ${first} ${last}); do
    for fourth in $$(seq 0 255); do echo "network 192.168.$$third.$$fourth/32"; done
  done
} | vtysh -N ce -f /dev/stdin'
