xconn route-table create balance 'routes=[{to: 10.9.0.0/24, next-hop: 10.1.255.15}]'
xconn subnet update hub app route-table=balance
