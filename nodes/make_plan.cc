// SPDX-License-Identifier: Apache-2.0
#include "nodes/make_plan.hh"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "azure/expand.hh"
#include "azure/guards.hh"
#include "base/address.hh"
#include "base/errors.hh"
#include "base/join.hh"
#include "model/read.hh"
#include "network/names.hh"
#include "nodes/roles.hh"
#include "nodes/routing/one_sided.hh"
#include "nodes/routing/propagation.hh"

namespace xconn::nodes {
namespace {

Finding finding(const network::Node& node, std::string field, std::string value, std::string rule, std::string remedy) {
  return {node.where, "node " + node.name, std::move(field), std::move(value), std::move(rule), std::move(remedy), {}};
}

std::string role_names() {
  return join(roles(), ", ", [](const Role& role) { return role.name; });
}

std::string file_names(const plan::Node& node) {
  return node.files.empty() ? "none" : join(node.files, ", ", [](const plan::File& file) { return file.name; });
}

void check(const network::Node& node, std::vector<Finding>& findings) {
  const Role* role = find_role(node.role);
  if (role == nullptr) {
    findings.push_back(finding(node, "role", node.role, "no role has this name", "use one of " + role_names()));
    return;
  }
  for (const auto section : sections_of(node))
    if (!std::ranges::count(role->sections, section))
      findings.push_back(finding(node, std::string(section), {},
                                 "role " + node.role + " has no " + std::string(section),
                                 "remove it, or choose another role"));
}

void add_commands(const network::Node& node, plan::Node& made) {
  int number = 0;
  for (const auto& argv : node.commands)
    made.services.push_back({"command", "command-" + std::to_string(++number), argv, {}, {}});
}

/// What a file says in the plan's types.
struct Typed {
  const char* file;
  void (*forget)(plan::Node& node);
};
constexpr Typed kTyped[] = {
    {plan::kFrrFile,
     [](plan::Node& node) {
       node.bgp.reset();
       node.frr_lines.clear();
     }},
    {"sdwan.json", [](plan::Node& node) { node.sdwan.reset(); }},
    {"lb.json", [](plan::Node& node) { node.balancer.reset(); }},
    {"keepalived.conf", [](plan::Node& node) { node.moved.clear(); }},
};

/// A configuration that the user replaced is known by its text alone.
void override_types(const network::FileOverride& change, plan::Node& made) {
  for (const auto& typed : kTyped)
    if (change.replace && change.name == typed.file) typed.forget(made);
  if (change.name == plan::kFrrFile) made.frr_lines += change.content;
}

bool has_password(const std::string& text) { return text.find(" password ") != std::string::npos; }

/// What the user changes in the files of a node. An addition to a file that is not there is a mistake, a whole new file
/// is not (a command may want it).
void override_files(const network::Node& node, plan::Node& made, std::vector<Finding>& findings) {
  for (const auto& change : node.files) {
    const auto file = std::ranges::find(made.files, change.name, &plan::File::name);
    if (file == made.files.end() && !change.replace) {
      findings.push_back(finding(node, "files." + change.name, {},
                                 "nothing is rendered under this name, so nothing can be appended to it",
                                 "the node's files are: " + file_names(made)));
      continue;
    }
    auto& written = file == made.files.end() ? made.files.emplace_back(plan::File{change.name, {}, false}) : *file;
    written.content = change.replace ? change.content : written.content + change.content;
    written.secret = written.secret || has_password(change.content);
    override_types(change, made);
  }
}

Fragment fragment_of(const Setting& setting, std::vector<Finding>& findings) {
  const Role& role = *find_role(setting.node.role);
  Fragment fragment = wired(setting);
  if (fragment.node.site.empty()) fragment.node.site = role.site;
  role.make(setting, fragment);
  for (const auto& [key, value] : setting.node.sysctls) fragment.node.sysctls[key] = value;
  fragment.node.nftables += setting.node.nftables;
  add_commands(setting.node, fragment.node);
  override_files(setting.node, fragment.node, findings);
  return fragment;
}

using LinkEnds = std::unordered_map<std::string, std::vector<std::string>>;

LinkEnds link_ends_of(const network::Network& network) {
  LinkEnds ends;
  for (const auto& link : network.links)
    for (const auto* end : {&link.a, &link.b}) ends[end->node].push_back(end->interface);
  return ends;
}

/// The services of a plan that `target` names.
std::vector<plan::Service*> services_of(const std::string& target, plan::Plan& plan) {
  std::vector<plan::Service*> found;
  for (auto& node : plan.nodes)
    for (auto& service : node.services)
      if (target.empty() || target == node.name || target == node.name + ":" + service.name) found.push_back(&service);
  return found;
}

/// What is said of one daemon stands above what is said of its node, and that above what is said of all.
void set_restarts(const model::Topology& topology, plan::Plan& plan, std::vector<Finding>& findings) {
  auto restarts = topology.restarts;
  std::ranges::stable_sort(restarts, {}, [](const auto& one) { return one.target.find(':') != std::string::npos; });
  for (const auto& [where, target, policy] : restarts) {
    const auto services = services_of(target, plan);
    for (auto* service : services) service->restart = policy;
    if (services.empty() && !target.empty())
      findings.push_back({where,
                          "topology",
                          "restart." + target,
                          std::string(name_of(policy)),
                          "it names no daemon of this topology",
                          "name a NODE, or a NODE:DAEMON of `xconn plan`",
                          {}});
  }
}

std::string link_name(const network::Link& link) {
  return link.a.node + ":" + link.a.interface + "--" + link.b.node + ":" + link.b.interface;
}

void demand_name(const std::string& name) {
  if (is_object_name(name)) return;
  throw TopologyError({{{"--name", 0, 0},
                        "lab",
                        "name",
                        name,
                        "a name is letters, digits, '-' and '_', at most 63",
                        "choose another name",
                        ""}});
}

}  // namespace

plan::Plan make_plan(const model::Topology& topology) {
  const network::Network network = azure::expand(topology);
  std::vector<Finding> findings;
  for (const auto& node : network.nodes) check(node, findings);
  if (!findings.empty()) throw TopologyError(findings);
  const Propagation propagation(network);
  plan::Plan plan;
  plan.lab = topology.name;
  plan.title = topology.title;
  plan.timers = name_of(topology.timers);
  plan.message = topology.message;
  auto ends = link_ends_of(network);
  for (const auto& node : network.nodes) {
    Fragment fragment = fragment_of({network, node, ends[node.name], propagation}, findings);
    plan.nodes.push_back(std::move(fragment.node));
    std::ranges::move(fragment.facts, std::back_inserter(plan.facts));
    std::ranges::move(fragment.detections, std::back_inserter(plan.detections));
  }
  if (!topology.breaches.empty()) std::ranges::move(one_sided(network), std::back_inserter(plan.facts));
  set_restarts(topology, plan, findings);
  if (!findings.empty()) throw TopologyError(findings);
  for (const auto& link : network.links)
    plan.links.push_back({link_name(link), link.a, link.b, link.a_to_b, link.b_to_a});
  return plan;
}

Planned plan_file(const std::string& path, const std::string& name, const Where& named_at) {
  auto [topology, document] = model::read_with_document(path, named_at);
  if (!name.empty()) {
    demand_name(name);
    topology.name = name;
  }
  document.put({"name"}, topology.name);
  auto plan = make_plan(topology);
  return {std::move(document), std::move(plan), std::move(topology)};
}

namespace {

Planned planned(model::Document document) {
  auto topology = model::read(document);
  auto plan = make_plan(topology);
  return {std::move(document), std::move(plan), std::move(topology)};
}

}  // namespace

Planned plan_change(const std::string& running_file, const model::Document& wanted) {
  return planned(azure::carried_over(model::read(running_file), wanted));
}

Planned plan_edit(const model::Topology& running, const model::Document& edited, model::Actor by) {
  auto document = azure::carried_over(running, edited);
  const auto wanted = model::read_words(document);
  azure::demand_possible({running, wanted, by});
  return planned(std::move(document));
}

Planned plan_command(const model::Document& running, const model::Command& command) {
  auto edited = running;
  model::edit(edited, command);
  return plan_edit(model::read(running), edited, command.verb->by);
}

}  // namespace xconn::nodes
