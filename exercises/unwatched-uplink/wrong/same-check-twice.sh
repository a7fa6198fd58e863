xconn node update hq-fgt 'sdwan.health-checks.azure-over-er={members: [er], server: 172.16.251.254, protocol: ping, interval: 500ms, failtime: 5, recoverytime: 5}'
