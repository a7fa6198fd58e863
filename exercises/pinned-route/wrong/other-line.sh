xconn node update ce 'routes=[{to: "${network}", via: 192.0.2.6}]'
