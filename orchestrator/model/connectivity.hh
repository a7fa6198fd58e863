// SPDX-License-Identifier: Apache-2.0
// What each connectivity model puts between the customer's ports and Microsoft's (Microsoft Learn, "ExpressRoute
// connectivity models"): one row each, for the rules and for azure/.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "model/topology.hh"

namespace xconn::model {

struct ConnectivityModel {
  Connectivity model;
  bool switches;     ///< a switch pushes the S-tag, and each side keeps its carrier when the other's is lost
  bool routes;       ///< the provider's own routers peer with Microsoft; the customer sees no tag
  bool joins_sites;  ///< they also join the customer's other sites, any to any
};

inline constexpr std::array<ConnectivityModel, 4> kConnectivity{{
    {Connectivity::kL2Exchange, true, false, false},
    {Connectivity::kL2PointToPoint, false, false, false},
    {Connectivity::kManagedL3, false, true, false},
    {Connectivity::kIpVpn, false, true, true},
}};

inline const ConnectivityModel& connectivity_of(const Provider& provider) {
  return *std::ranges::find(kConnectivity, provider.connectivity, &ConnectivityModel::model);
}

/// nullptr for a circuit of ExpressRoute Direct.
inline const Provider* provider_of(const Topology& topology, const Circuit& circuit) {
  const auto found = std::ranges::find(topology.providers, circuit.provider, &Provider::name);
  return found == topology.providers.end() ? nullptr : &*found;
}

/// The customer's own address on a port, if its network has room for the provider's router; nullptr without one.
inline const InterfaceAddress* port_address(const network::Node& node, const std::string& interface) {
  constexpr int kLongest = 30;
  const auto found = std::ranges::find(node.interfaces, interface, &network::Interface::name);
  if (found == node.interfaces.end() || found->addresses.empty()) return nullptr;
  const auto& address = found->addresses.front();
  return address.address().is_v4() && address.length() <= kLongest ? &address : nullptr;
}

/// The address of a provider's router on the network of the customer's port: the first one, unless that is the
/// customer's.
inline Address provider_address(const InterfaceAddress& customer) {
  const auto first = customer.network().host(1);
  return customer.address() == first ? customer.network().host(2) : first;
}

}  // namespace xconn::model
