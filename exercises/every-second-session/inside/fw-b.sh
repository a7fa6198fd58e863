nft list ruleset
nft add chain ip firewall postrouting '{ type nat hook postrouting priority srcnat; policy accept; }'
nft add rule ip firewall postrouting iifname front oifname back masquerade
