xconn load-balancer update ilb-front 'backends=[fw-a:front]'
xconn load-balancer update ilb-back 'backends=[fw-a:back]'
