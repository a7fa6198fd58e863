xconn node update ce 'routes=[{to: 20.60.0.0/24, via: 203.0.113.2}]'
