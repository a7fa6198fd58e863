// SPDX-License-Identifier: Apache-2.0
#include "lab/inspect.hh"

#include <sys/resource.h>

#include <map>
#include <nlohmann/json.hpp>

#include "kernel/dump.hh"
#include "lab/lab.hh"
#include "sys/clock.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;

std::int64_t milliseconds(Duration duration) { return duration / std::chrono::milliseconds{1}; }

json addresses_of(const plan::Node& node) {
  auto out = json::array();
  for (const auto& interface : node.interfaces)
    for (const auto& address : interface.addresses) out.push_back(address.text());
  return out;
}

json services_of(Node& node) {
  auto out = json::array();
  for (const auto& service : node.services().all())
    out.push_back({{"name", service->name()},
                   {"kind", service->kind()},
                   {"running", service->running()},
                   {"pids", service->process_ids()}});
  return out;
}

using FactsSeen = std::vector<std::pair<plan::Fact, std::optional<std::string>>>;

/// The first fact of each node that does not hold: what is seen instead.
std::map<std::string, std::string> missing_of(const FactsSeen& facts) {
  std::map<std::string, std::string> missing;
  for (const auto& [fact, seen] : facts)
    if (seen) missing.emplace(fact.node, *seen);
  return missing;
}

/// "up", or the first thing that is not as it should be.
std::string state_of(Node& node, const std::map<std::string, std::string>& missing) {
  for (const auto& service : node.services().all())
    if (!service->running() && !service->done()) return service->name() + " is down";
  const auto fact = missing.find(node.name());
  return fact == missing.end() ? "up" : fact->second;
}

json facts_json(const FactsSeen& facts) {
  auto out = json::array();
  for (const auto& [fact, missing] : facts)
    out.push_back({{"node", fact.node},
                   {"kind", fact.kind},
                   {"subject", fact.subject},
                   {"expected", fact.expected},
                   {"holds", !missing},
                   {"seen", missing.value_or("")}});
  return out;
}

json nodes_of(Lab& lab, const FactsSeen& facts) {
  const auto missing = missing_of(facts);
  auto out = json::array();
  for (const auto& node : lab.nodes())
    out.push_back({{"name", node->name()},
                   {"role", node->plan().role},
                   {"site", node->plan().site},
                   {"addresses", addresses_of(node->plan())},
                   {"state", state_of(*node, missing)},
                   {"reasons", node->reasons()},
                   {"services", services_of(*node)}});
  return out;
}

json links_of(const plan::Plan& plan) {
  auto out = json::array();
  for (const auto& link : plan.links)
    out.push_back({{"name", link.name},
                   {"a", link.a.node + ":" + link.a.interface},
                   {"b", link.b.node + ":" + link.b.interface}});
  return out;
}

double cpu_milliseconds(int whose) {
  rusage usage{};
  ::getrusage(whose, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

json interface_json(const kernel::Link& link, const std::vector<kernel::LinkAddress>& addresses) {
  auto of_link = json::array();
  for (const auto& address : addresses)
    if (address.interface == link.name) of_link.push_back(address.address.text());
  const auto& s = link.statistics;
  return {{"name", link.name},      {"kind", link.kind},
          {"up", link.up},          {"carrier", link.carrier},
          {"mtu", link.mtu},        {"mac", link.mac ? link.mac->text() : ""},
          {"addresses", of_link},   {"rx_packets", s.rx_packets},
          {"rx_bytes", s.rx_bytes}, {"tx_packets", s.tx_packets},
          {"tx_bytes", s.tx_bytes}};
}

json interfaces_json(const kernel::Reader& reader) {
  const auto addresses = reader.addresses();
  auto out = json::array();
  for (const auto& link : reader.links()) out.push_back(interface_json(link, addresses));
  return out;
}

/// Who put a route there, by the kernel's numbers (rtnetlink(7), /etc/iproute2/rt_protos).
std::string protocol_text(std::uint8_t protocol) {
  static const std::map<std::uint8_t, const char*> kNames{{1, "plan"}, {2, "kernel"}, {3, "plan"},
                                                          {4, "plan"}, {186, "bgp"},  {196, "static"}};
  const auto known = kNames.find(protocol);
  return known == kNames.end() ? std::to_string(protocol) : known->second;
}

json route_json(const kernel::RouteEntry& entry) {
  auto interfaces = json::array(), next_hops = json::array();
  for (const auto& hop : entry.route.next_hops) {
    interfaces.push_back(hop.interface);
    next_hops.push_back(hop.via ? hop.via->text() : "");
  }
  return {{"to", entry.route.to.text()},
          {"interfaces", interfaces},
          {"next_hops", next_hops},
          {"metric", entry.route.metric},
          {"protocol", protocol_text(entry.protocol)}};
}

json routes_json(const kernel::Reader& reader) {
  auto out = json::array();
  for (const auto& entry : reader.routes()) out.push_back(route_json(entry));
  return out;
}

json events_json(const EventLog& log, const std::string& node) {
  auto out = json::array();
  for (const auto& event : log.latest(node)) out.push_back(to_json(event));
  return out;
}

/// Which driver each feature has. Only tags have a kernel driver so far.
json datapath_of(Lab& lab) {
  const auto* vlan = lab.options().vlan == datapath::VlanDriver::kKernel ? "kernel" : "portable";
  return {{"vlan", vlan}, {"delay", "portable"}, {"ipsec", "portable"}, {"vrf", "portable"}};
}

}  // namespace

json inspect_faults(Lab& lab) {
  auto out = json::array();
  const auto now = sys::now();
  for (const auto& fault : lab.faults().list()) {
    json one{{"id", fault.id},
             {"kind", fault.request.kind},
             {"target", fault.request.target},
             {"parameters", fault.request.parameters},
             {"text", faults::to_string(fault.request)},
             {"age_ms", milliseconds(now - fault.applied_at)}};
    if (fault.heals_at) one["heals_in_ms"] = milliseconds(*fault.heals_at - now);
    out.push_back(std::move(one));
  }
  return out;
}

json inspect(Lab& lab) {
  const auto facts = lab.facts();
  const auto missing = lab.unsettled();
  return {{"lab", lab.plan().lab},
          {"title", lab.plan().title},
          {"timers", lab.plan().timers},
          {"message", lab.plan().message},
          {"datapath", datapath_of(lab)},
          {"folder", lab.options().folder},
          {"converged", !missing},
          {"missing", missing.value_or("")},
          {"converged_in_ms", lab.converged_in() ? json(milliseconds(*lab.converged_in())) : json()},
          {"nodes", nodes_of(lab, facts)},
          {"links", links_of(lab.plan())},
          {"facts", facts_json(facts)},
          {"faults", inspect_faults(lab)},
          {"agent_cpu_ms", cpu_milliseconds(RUSAGE_SELF)},
          {"services_cpu_ms", cpu_milliseconds(RUSAGE_CHILDREN)}};
}

void inspect_node(Lab& lab, const std::string& name, std::function<void(const json&)> told) {
  auto& node = lab.node(name);
  const kernel::Reader reader(node.netns(), name);
  json whole{{"name", name},
             {"role", node.plan().role},
             {"site", node.plan().site},
             {"interfaces", interfaces_json(reader)},
             {"routes", routes_json(reader)},
             {"reasons", node.reasons()},
             {"events", events_json(lab.events(), name)}};
  node.services().state(kInspectPatience,
                        [whole = std::move(whole), told = std::move(told)](const json& services) mutable {
                          whole["services"] = services;
                          told(whole);
                        });
}

}  // namespace xconn::lab
