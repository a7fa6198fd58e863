xconn vnet-peering create spoke1 to-spoke2 remote=spoke2 --dry-run
xconn route-table update spoke1 'routes=[]'
xconn route-table update spoke2 'routes=[]'
