xconn vnet-peering create a to-b remote=b
