xconn exec ce -- vtysh -N ce -c 'clear bgp *'
