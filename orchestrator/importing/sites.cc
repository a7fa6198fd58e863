// SPDX-License-Identifier: Apache-2.0
#include "importing/sites.hh"

#include <algorithm>

namespace xconn::importing {
namespace {

/// The VNet of every gateway that it is connected to.
std::set<std::string> vnets_of(const Draft& draft, std::string model::Connection::*end, const std::string& name) {
  std::set<std::string> out;
  for (const auto& connection : draft.topology.connections)
    if (connection.*end == name)
      if (const auto* gateway = gateway_of(draft, connection)) out.insert(gateway->vnet);
  return out;
}

void merge(std::vector<OnPremSite>& sites, OnPremSite more) {
  const auto meets = [&](const OnPremSite& site) {
    return std::ranges::any_of(more.vnets, [&](const auto& vnet) { return site.vnets.contains(vnet); });
  };
  const auto first = std::ranges::find_if(sites, meets);
  if (first == sites.end()) {
    sites.push_back(std::move(more));
    return;
  }
  const auto take = [&](const OnPremSite& other) {
    first->vnets.insert(other.vnets.begin(), other.vnets.end());
    first->circuits.insert(first->circuits.end(), other.circuits.begin(), other.circuits.end());
    first->local_gateways.insert(first->local_gateways.end(), other.local_gateways.begin(), other.local_gateways.end());
  };
  take(more);
  for (auto at = first + 1; at != sites.end();) {
    if (!meets(*at)) {
      ++at;
      continue;
    }
    take(*at);
    at = sites.erase(at);
  }
}

}  // namespace

const model::Gateway* gateway_of(const Draft& draft, const model::Connection& connection) {
  return find_named(draft.topology.gateways, connection.gateway);
}

std::vector<OnPremSite> sites_of(const Draft& draft) {
  std::vector<OnPremSite> sites;
  for (const auto& circuit : draft.topology.circuits)
    merge(sites, {vnets_of(draft, &model::Connection::circuit, circuit.name), {circuit.name}, {}});
  for (const auto& local : draft.topology.local_gateways)
    merge(sites, {vnets_of(draft, &model::Connection::local_gateway, local.name), {}, {local.name}});
  return sites;
}

}  // namespace xconn::importing
