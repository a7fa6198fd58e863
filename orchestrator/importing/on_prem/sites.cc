// SPDX-License-Identifier: Apache-2.0
#include "importing/on_prem/sites.hh"

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

/// The key of the VPN site that a local gateway is a link of; empty when it is of none.
std::string vpn_site_of(const Draft& draft, const std::string& local) {
  for (const auto& [key, devices] : draft.wan.sites)
    if (std::ranges::find(devices, local) != devices.end()) return key;
  return {};
}

/// The VPN sites of a Virtual WAN are customers each: that is what a site is.
void add_vpn_sites(std::vector<OnPremSite>& sites, const Draft& draft) {
  std::map<std::string, OnPremSite> known;
  for (const auto& local : draft.topology.local_gateways)
    if (const auto key = vpn_site_of(draft, local.name); !key.empty()) {
      auto& site = known[key];
      site.vnets.merge(vnets_of(draft, &model::Connection::local_gateway, local.name));
      site.local_gateways.push_back(local.name);
    }
  for (auto& [key, site] : known) sites.push_back(std::move(site));
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
    if (vpn_site_of(draft, local.name).empty())
      merge(sites, {vnets_of(draft, &model::Connection::local_gateway, local.name), {}, {local.name}});
  add_vpn_sites(sites, draft);
  return sites;
}

}  // namespace xconn::importing
