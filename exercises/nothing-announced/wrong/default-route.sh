xconn node update ce 'routes=[{to: 0.0.0.0/0, via: [203.0.113.2, 203.0.113.6]}]'
