xconn node update nva interfaces.eth0.ip-forwarding=true
