// SPDX-License-Identifier: Apache-2.0
// What bgpd has selected, and whether the kernel has it: all next hops of a prefix, not one of them.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>

#include "services/facts.hh"

namespace xconn::services {

/// The next hops of the best path and of what is equal to it. Prefixes of the router's own are left out.
using Selected = std::map<Prefix, std::set<Address>>;

/// Of `show bgp FAMILY unicast json`, as FRR 8 and 10 write it. What cannot be read is left out.
Selected selected_of(const nlohmann::json& table);

/// The first prefix whose next hops in the main table are not those that bgpd selected: "the kernel has no route to
/// 10.0.0.0/24, bgpd selected 10.1.0.1, 10.1.0.5". A next hop that is not on a link is looked up in the table, as zebra
/// does. A prefix that the node has a nearer source for (connected, static) is not BGP's.
std::optional<std::string> not_in_kernel(const Selected& selected, const RoutesSeen& routes);

}  // namespace xconn::services
