// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "base/join.hh"
#include "base/text.hh"
#include "cli/lab_view.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "cli/verb.hh"
#include "plan/difference.hh"

namespace xconn::cli {
namespace {

struct PlanArguments {
  std::string topology, against, node;
};

std::string node_rows(const plan::Plan& plan, bool colour) {
  Table table({"NODE", "ROLE", "INTERFACES", "SERVICES"});
  for (const auto& node : plan.nodes)
    table.add({node.name, node.role, join(node.interfaces, " ", [](const auto& interface) { return interface.name; }),
               join(node.services, " ", [](const auto& service) { return service.name; })});
  return table.text(colour);
}

std::string link_rows(const plan::Plan& plan, bool colour) {
  Table table({"LINK", ""});
  for (const auto& link : plan.links)
    table.add({link.a.node + ":" + link.a.interface, link.b.node + ":" + link.b.interface});
  return table.text(colour);
}

std::string fact_rows(const plan::Plan& plan, bool colour) {
  Table table({"CONVERGED WHEN", "", "", ""});
  for (const auto& fact : plan.facts) table.add({fact.node, fact.kind, fact.subject, fact.expected});
  return table.text(colour);
}

/// One node's rendered files, as they will stand in the run folder.
int show_node(const plan::Plan& plan, const std::string& name, bool as_json) {
  const auto* node = plan.find_node(name);
  if (node == nullptr) throw NotFoundError("there is no node " + name + " in the plan");
  if (as_json) {
    const auto nodes = plan::to_json(plan)["nodes"];
    const auto at = static_cast<std::size_t>(node - plan.nodes.data());
    print("{}\n", nodes[at].dump(2));
    return kPass;
  }
  for (const auto& file : node->files)
    print("# {}/{}\n{}\n", name, file.name, file.secret ? "(secret)\n" : printable_lines(file.content));
  if (!node->nftables.empty()) print("# {}: nftables\n{}\n", name, printable_lines(node->nftables));
  return kPass;
}

int against(const plan::Plan& plan, const std::string& other) {
  const auto changes = plan::difference(read_plan(other), plan);
  for (const auto& change : changes) print("{}\n", printable_lines(plan::to_string(change)));
  if (changes.empty()) print("  the two plans are the same\n");
  return kPass;
}

int print_plan(const PlanArguments& arguments, const Session& session) {
  const auto plan = read_plan(arguments.topology);
  if (!arguments.against.empty()) return against(plan, arguments.against);
  if (!arguments.node.empty()) return show_node(plan, arguments.node, session.json());
  print("{}", session.json() ? plan::to_json(plan).dump(2) + "\n" : plan_text(plan, wants_colour(STDOUT_FILENO)));
  return kPass;
}

}  // namespace

std::string plan_text(const plan::Plan& plan, bool colour) {
  return fmt::format("  {}: {} nodes, {} links, timers {}\n\n", plan.lab, plan.nodes.size(), plan.links.size(),
                     plan.timers) +
         node_rows(plan, colour) + "\n" + link_rows(plan, colour) + "\n" + fact_rows(plan, colour);
}

void add_plan(Verb app, Session& session) {
  const auto verb =
      app.add("plan", "Show what a topology becomes: nodes, links, rendered configuration; builds nothing");
  auto arguments = std::make_shared<PlanArguments>();
  verb.option("topology", arguments->topology, "Topology file, folder or name [topology.yaml]")
      .environment("XCONN_TOPOLOGY");
  verb.option("--against", arguments->against, "Print only what differs from this other topology");
  verb.option("--node", arguments->node, "Print the rendered configuration of this node");
  on_chosen(verb, session, [arguments, &session] { return print_plan(*arguments, session); });
}

}  // namespace xconn::cli
