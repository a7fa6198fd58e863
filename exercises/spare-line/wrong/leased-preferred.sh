xconn node update office 'bgp.neighbors=[{address: 192.0.2.2, asn: 65002, bfd: true, local-preference: 300}]'
