xconn route-filter create all 'rules={all: {access: Allow, communities: ["12076:51004", "12076:51002"]}}'
xconn peering update er1 microsoft route-filter=all
