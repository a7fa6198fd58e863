// SPDX-License-Identifier: Apache-2.0
// What the fabric does for one NIC: its routes as the kernel has them, and the security rules that its packets meet.
#include "az/nics.hh"

#include <algorithm>

#include "az/refusal.hh"
#include "az/resource.hh"
#include "az/ruleset.hh"
#include "az/tags.hh"
#include "azure/effective_routes.hh"
#include "azure/expand.hh"
#include "azure/security.hh"
#include "network/names.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

constexpr int kFirstDefault = 65000;  // priority of the rules that every group has
const std::string kMainTableText = std::to_string(kMainTable);

struct Nic {
  const network::Node& node;
  const network::Interface& interface;

  std::string name() const { return node.name + "-" + interface.name; }
};

std::vector<Nic> nics_of(const network::Node& node) {
  std::vector<Nic> nics;
  for (const auto& interface : node.interfaces)
    if (interface.subnet) nics.push_back({node, interface});
  return nics;
}

/// By NODE-INTERFACE, or by NODE where that leaves no doubt.
Nic nic_of(const Query& query) {
  const auto wanted = query.at("name");
  for (const auto& node : query.topology.nodes) {
    const auto nics = nics_of(node);
    if (nics.size() == 1 && same_name(node.name, wanted)) return nics.front();
    for (const auto& nic : nics)
      if (same_name(nic.name(), wanted)) return nic;
  }
  throw resource_not_found("networkInterfaces", wanted, query.group());
}

const model::Subnet& subnet_of(const Query& query, const Nic& nic) {
  const auto* vnet = find_named(query.topology.vnets, nic.interface.subnet->vnet);
  return *find_named(vnet->subnets, nic.interface.subnet->subnet);
}

/// By which the fabric's sets of addresses call the NIC's subnet.
std::size_t number_of(const Query& query, const Nic& nic) {
  const auto& subnets = find_named(query.topology.vnets, nic.interface.subnet->vnet)->subnets;
  return static_cast<std::size_t>(&subnet_of(query, nic) - subnets.data());
}

/// The fabric's side of the NIC's link, and the table of its subnet.
azure::NicPlace place_of(const network::Network& network, const Nic& nic) {
  const auto place = azure::place_of(network, {nic.node.name, nic.interface.name});
  if (!place) throw refused("InternalServerError", nic.name() + " is in no subnet");
  return *place;
}

/// Azure answers for machines that run.
void demand_running(const Query& query, const Nic& nic, const json& links, const char* code, const char* what) {
  for (const auto& link : links)
    if (link.at("name") == nic.interface.name && link.at("up") == true) return;
  throw refused(
      code, std::string("A network interface must be attached to a running virtual machine to get effective ") + what +
                ". The network interface " + id_of(query, "networkInterfaces/" + nic.name()) +
                " is not attached to a running virtual machine.");
}

Route route_of(const json& seen) {
  static const std::map<std::string, RouteKind> kKinds{{"unicast", RouteKind::kUnicast},
                                                       {"blackhole", RouteKind::kBlackhole},
                                                       {"unreachable", RouteKind::kUnreachable},
                                                       {"throw", RouteKind::kThrow}};
  Route route;
  route.to = *Prefix::parse(seen.at("to").get<std::string>());
  route.kind = kKinds.at(seen.at("kind"));
  route.table = seen.at("table");
  route.metric = seen.at("metric");
  for (const auto& hop : seen.at("next_hops"))
    route.next_hops.push_back({Address::parse(hop.at("via").get<std::string>()), hop.at("interface"), false});
  return route;
}

std::vector<Route> routes_of(const json& answer) {
  std::vector<Route> routes;
  for (const auto& seen : answer) routes.push_back(route_of(seen));
  return routes;
}

json route_row(const azure::EffectiveRoute& route, bool propagates) {
  auto hops = json::array();
  for (const auto& hop : route.next_hops) hops.push_back(hop.text());
  return {{"addressPrefix", json::array({route.prefix.text()})},
          {"disableBgpRoutePropagation", !propagates},
          {"nextHopIpAddress", hops},
          {"nextHopType", route.next_hop_type},
          {"source", route.source},
          {"state", route.state}};
}

bool propagates(const Query& query, const model::Subnet& subnet) {
  const auto* table = find_named(query.topology.route_tables, subnet.route_table);
  return table == nullptr || table->propagate_bgp;
}

/// Azure spells out the service tags of a side, and leaves the field away where there are none.
void spell_out(const ServiceTags& tags, const char* words, const char* expanded, json& row) {
  for (const auto& word : row.at(words))
    if (const auto prefixes = tags.prefixes_of(word.get<std::string>())) {
      row[expanded];
      for (const auto& prefix : *prefixes) row[expanded].push_back(prefix.text());
    }
}

json rules_in_force(const network::Nsg& nsg, const json& ruleset, const ServiceTags& tags) {
  auto rows = json::array();
  for (const auto direction : {network::Direction::kInbound, network::Direction::kOutbound})
    for (auto& row : rules_of_chain(ruleset, azure::security_chain(nsg.name, direction))) {
      const auto rules = azure::security_rules(nsg, direction);
      const auto rule = std::ranges::find(rules, row.at("name").get<std::string>(), &network::SecurityRule::name);
      const bool is_default = rule != rules.end() && rule->priority >= kFirstDefault;
      row["direction"] = name_of(direction);
      row["name"] = (is_default ? "defaultSecurityRules/" : "securityRules/") + row["name"].get<std::string>();
      row["priority"] = rule == rules.end() ? 0 : rule->priority;
      spell_out(tags, "sourceAddressPrefixes", "expandedSourceAddressPrefix", row);
      spell_out(tags, "destinationAddressPrefixes", "expandedDestinationAddressPrefix", row);
      rows.push_back(std::move(row));
    }
  return rows;
}

json group_json(const Query& query, const std::string& name, json association, const json& ruleset,
                const ServiceTags& tags) {
  const auto* nsg = find_named(query.topology.nsgs, name);
  return {{"association", std::move(association)},
          {"effectiveSecurityRules", nsg == nullptr ? json::array() : rules_in_force(*nsg, ruleset, tags)},
          {"networkSecurityGroup", reference(query, "networkSecurityGroups/" + name)}};
}

}  // namespace

std::vector<Question> ask_effective_routes(const Query& query) {
  const auto nic = nic_of(query);
  const auto place = place_of(azure::expand(query.topology), nic);
  std::vector<Question> questions{{nic.node.name, "links", ""}, {place.fabric, "routes", std::to_string(place.table)}};
  for (const auto& instance : azure::instances_behind(query.topology, place.fabric))
    questions.push_back({instance.node, "routes", kMainTableText});
  return questions;
}

json effective_routes(const Query& query, const Answers& answers) {
  const auto nic = nic_of(query);
  demand_running(query, nic, answers.at(0), "NicMustBeAttachedToRunningVmToGetEffectiveRoutes", "routes");
  const auto network = azure::expand(query.topology);
  const auto place = place_of(network, nic);
  azure::SeenRoutes seen{.subnet = routes_of(answers.at(1))};
  std::size_t next = 2;
  for (const auto& instance : azure::instances_behind(query.topology, place.fabric))
    if (const auto* answer = answers.find(next++)) seen.instances[instance.address] = routes_of(*answer);
  auto rows = json::array();
  for (const auto& route : azure::effective_routes(query.topology, network, place, seen))
    rows.push_back(route_row(route, propagates(query, subnet_of(query, nic))));
  return {{"value", rows}};
}

std::vector<Question> ask_effective_nsg(const Query& query) {
  const auto nic = nic_of(query);
  const auto& fabric = nic.interface.subnet->vnet;
  return {{nic.node.name, "links", ""}, {fabric, "nft", "list ruleset"}, {fabric, "routes", kMainTableText}};
}

json effective_nsg(const Query& query, const Answers& answers) {
  const auto nic = nic_of(query);
  demand_running(query, nic, answers.at(0), "NicMustBeAttachedToRunningVmToGetEffectiveSecurityGroups",
                 "security groups");
  const auto& subnet = subnet_of(query, nic);
  const ServiceTags tags(answers.at(1), number_of(query, nic), answers.at(2));
  auto groups = json::array();
  if (!subnet.nsg.empty()) {
    const auto path = "virtualNetworks/" + nic.interface.subnet->vnet + "/subnets/" + subnet.name;
    groups.push_back(group_json(query, subnet.nsg, {{"subnet", reference(query, path)}}, answers.at(1), tags));
  }
  if (!nic.interface.nsg.empty())
    groups.push_back(group_json(query, nic.interface.nsg,
                                {{"networkInterface", reference(query, "networkInterfaces/" + nic.name())}},
                                answers.at(1), tags));
  return {{"value", groups}};
}

/// A row a rule; the names of what it belongs to stand in the first row of each group only.
json effective_nsg_rows(const json& answer) {
  auto rows = json::array();
  for (const auto& group : answer.at("value")) {
    const auto name_at = [&](const char* kind) {
      const auto& association = group.at("association");
      return association.contains(kind) ? name_in(association[kind].at("id")) : std::string("-");
    };
    json names{{"nic", name_at("networkInterface")},
               {"subnet", name_at("subnet")},
               {"nsg", name_in(group.at("networkSecurityGroup").at("id"))}};
    for (auto rule : group.at("effectiveSecurityRules")) {
      rule.update(names);
      names = {{"nic", " "}, {"subnet", " "}, {"nsg", " "}};
      rows.push_back(std::move(rule));
    }
  }
  return rows;
}

}  // namespace xconn::az
