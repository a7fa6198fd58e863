xconn exec cust1-ce -- vtysh -N cust1-ce -c 'configure terminal' -c 'router bgp 65001' -c 'neighbor 192.0.2.98 shutdown' -c 'neighbor 192.0.2.102 shutdown'
