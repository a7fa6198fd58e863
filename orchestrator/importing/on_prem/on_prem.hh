// SPDX-License-Identifier: Apache-2.0
// What Azure's files do not know: who is at the other end of a circuit, a tunnel, a public address.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "importing/objects/draft.hh"

namespace xconn::importing {

void settle_public_addresses(Draft& draft);  ///< whoever is at the Internet has some
void add_customers(Draft& draft);            ///< routers, VPN devices, LANs and the Internet

/// An interface of the Internet's node in the smallest network that holds these addresses, and the router's own address
/// there.
std::pair<End, InterfaceAddress> internet_port(const std::string& name, const std::vector<Address>& addresses,
                                               Draft& draft);

/// A router's address in the smallest network that holds these addresses.
std::optional<InterfaceAddress> router_beside(const std::vector<Address>& addresses);

}  // namespace xconn::importing
