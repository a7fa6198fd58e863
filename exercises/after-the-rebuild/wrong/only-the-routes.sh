xconn route-table update gateway 'routes=[{to: 10.0.100.32/27, next-hop: 10.0.4.36}, {to: 10.0.100.64/27, next-hop: 10.0.4.36}]'
