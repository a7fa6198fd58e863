xconn node update hq-fgt 'sdwan.members.vpn.cost=1'
