xconn route-table update gateway 'routes=[]'
