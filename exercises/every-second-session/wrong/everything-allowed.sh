for firewall in fw-a fw-b; do
  xconn exec $$firewall -- nft flush chain ip firewall forward
  xconn exec $$firewall -- nft 'chain ip firewall forward { policy accept; }'
done
