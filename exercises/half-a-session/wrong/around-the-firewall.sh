xconn subnet update spoke${number} vms route-table=
