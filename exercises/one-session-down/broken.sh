xconn exec ce -- vtysh -N ce -c 'configure terminal' -c 'router bgp 65010' -c 'neighbor ${neighbor} password ${typed}'
xconn exec ce -- vtysh -N ce -c 'clear bgp ${neighbor}'
