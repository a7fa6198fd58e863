xconn exec ce -- vtysh -N ce -c 'configure terminal' -c 'router bgp 65010' -c 'no neighbor ${neighbor} password'
