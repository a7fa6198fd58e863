xconn node update ce 'bgp.neighbors=[{address: 192.0.2.2, asn: 12076, bfd: true, prepend: 2}, {address: 192.0.2.6, asn: 12076, bfd: true}]'
