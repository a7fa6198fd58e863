xconn peering disable er1 private
