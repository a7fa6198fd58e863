xconn subnet update spoke1 vms route-table=
xconn subnet update spoke2 vms route-table=
