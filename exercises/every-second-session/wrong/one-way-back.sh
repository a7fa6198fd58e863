xconn route-table update servers 'routes=[{to: 10.1.3.0/24, next-hop: 10.1.1.11}]'
