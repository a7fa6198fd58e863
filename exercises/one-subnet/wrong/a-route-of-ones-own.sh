xconn route-table update subnet3 'routes=[{to: 10.0.1.0/24, next-hop: 10.17.1.4}]'
