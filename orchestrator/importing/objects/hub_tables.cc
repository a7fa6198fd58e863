// SPDX-License-Identifier: Apache-2.0
#include "importing/objects/hub_tables.hh"

#include <algorithm>

#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

/// A VNet or a branch, and where a note about it is.
struct Named {
  const HubMember& member;
  Where where;
  std::string object;
};

/// Of a key(), or a label.
std::string last_word(const std::string& key) {
  const auto word = key.substr(key.rfind('/') + 1);
  return word.substr(0, word.find('|'));
}

void tell_of_table(const Named& named, const char* key, const std::string& table, Draft& draft) {
  draft.notes.add({named.where, named.object, std::string("routingConfiguration.") + key, last_word(table),
                   "is no table in the files", "it has no routes; import `az network vhub route-table list` too"});
}

void report_unknown(const Named& named, Draft& draft) {
  const auto& tables = draft.wan.tables;
  const auto is_there = [&](const std::string& key) { return tables.at(key).is_there; };
  const auto& member = named.member;
  if (!is_there(member.table)) tell_of_table(named, "associatedRouteTable", member.table, draft);
  for (const auto& table : member.tables)
    if (!is_there(table) && table != member.table) tell_of_table(named, "propagatedRouteTables", table, draft);
  for (const auto& label : member.labels)
    if (label != "default" &&
        std::ranges::none_of(tables, [&](const auto& one) { return one.second.labels.contains(label); }))
      tell_of_table(named, "propagatedRouteTables.labels", label, draft);
}

}  // namespace

void report_unknown_tables(Draft& draft) {
  for (const auto& connection : draft.wan.connections)
    report_unknown({connection, connection.where, "hub connection " + connection.name}, draft);
  for (const auto& branch : draft.wan.branches)
    report_unknown({branch, draft.wan.hub(branch.hub)->where, "branches of hub " + branch.hub}, draft);
}

void ToldSubnets::tell_vnet(const std::string& vnet, const Told& told) {
  for (const auto& subnet : find_named(draft_.topology.vnets, vnet)->subnets)
    if (!draft_.is_reserved(vnet, subnet.name)) tell({vnet, subnet.name}, told);
}

void ToldSubnets::tell(const network::SubnetRef& subnet, const Told& told) {
  if (!told.routes.empty() || !told.learns) told_[{subnet.vnet, subnet.subnet}] = told;
}

/// Two that say the same are one table.
std::string ToldSubnets::signature(const Told& told) const {
  auto out = std::string(told.learns ? "learns" : "");
  for (const auto& [to, hop, owner] : told.routes)
    out += " " + to.text() + " " + (hop ? hop->text() : draft_.key(*owner));
  return out;
}

/// Whether every subnet with this table is told the same.
bool ToldSubnets::is_told_alike(const std::string& table) const {
  std::set<std::string> known;
  for (const auto& vnet : draft_.topology.vnets)
    for (const auto& subnet : vnet.subnets) {
      if (subnet.route_table != table) continue;
      const auto told = told_.find({vnet.name, subnet.name});
      known.insert(told == told_.end() ? "" : signature(told->second));
    }
  return known.size() == 1;
}

/// With the routes that wait for an address.
std::string ToldSubnets::copy_of(const std::string& own, const Told& told) {
  model::RouteTable table;
  if (const auto* old = find_named(draft_.topology.route_tables, own)) table = *old;
  table.name = draft_.free_name(own.empty() ? told.name : own + "-" + told.name, "route table");
  for (std::size_t i = 0, count = draft_.open_hops.size(); i < count; ++i)
    if (auto hop = draft_.open_hops[i]; hop.table == own && !own.empty()) {
      hop.table = table.name;
      draft_.open_hops.push_back(std::move(hop));
    }
  draft_.comment("route-tables/" + table.name, "with what the Virtual WAN hub tells its VNets");
  draft_.topology.route_tables.push_back(table);
  return table.name;
}

/// A route that the user has written wins.
void ToldSubnets::add_routes(const std::string& name, const Told& told) {
  auto& table = *find_named(draft_.topology.route_tables, name);
  table.propagate_bgp = table.propagate_bgp && told.learns;
  for (const auto& [to, hop, owner] : told.routes) {
    if (std::ranges::find(table.routes, to, &model::UserRoute::to) != table.routes.end()) continue;
    if (!hop) draft_.open_hops.push_back({name, table.routes.size(), *owner});
    table.routes.push_back({to, model::NextHopType::kVirtualAppliance, hop});
  }
}

std::string ToldSubnets::table_for(const std::string& own, const Told& told) {
  const auto* old = find_named(draft_.topology.route_tables, own);
  if (old != nullptr && !old->propagate_bgp) return own;  // such a subnet hears nothing of a hub
  const auto [known, is_new] = made_.emplace(std::pair{own, signature(told)}, own);
  if (!is_new) return known->second;
  if (own.empty() || !is_told_alike(own)) known->second = copy_of(own, told);
  add_routes(known->second, told);
  return known->second;
}

void ToldSubnets::write() {
  std::map<Key, std::string> tables;
  for (const auto& [key, told] : told_) {
    const auto& vnet = *find_named(draft_.topology.vnets, key.first);
    tables[key] = table_for(find_named(vnet.subnets, key.second)->route_table, told);
  }
  for (const auto& [key, table] : tables)
    find_named(find_named(draft_.topology.vnets, key.first)->subnets, key.second)->route_table = table;
}

}  // namespace xconn::importing
