// SPDX-License-Identifier: Apache-2.0

#include "cli/graph.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "sys/process.hh"

namespace xconn::cli {
namespace {

struct GraphArguments {
  std::string topology;
  bool mermaid = false, dot = false, svg = false;
};

std::string svg_of(const plan::Plan& plan) {
  if (!sys::find_program("dot")) throw HostError("--svg needs graphviz", "apt-get install graphviz");
  return sys::run_checked({"dot", "-Tsvg"}, {.input = to_dot(plan)});
}

int graph(const GraphArguments& arguments) {
  const auto plan = read_plan(arguments.topology);
  print("{}", arguments.svg ? svg_of(plan) : arguments.dot ? to_dot(plan) : to_mermaid(plan));
  return kPass;
}

}  // namespace

void add_graph(Verb app, Session& session) {
  const auto verb = app.add("graph", "Draw a topology: Mermaid (the default), Graphviz or SVG");
  auto arguments = std::make_shared<GraphArguments>();
  verb.option("topology", arguments->topology, "Topology file, folder or name [topology.yaml]")
      .environment("XCONN_TOPOLOGY");
  const auto mermaid = verb.flag("--mermaid", arguments->mermaid, "Mermaid, which GitHub shows in Markdown");
  const auto dot = verb.flag("--dot", arguments->dot, "Graphviz").excludes(mermaid);
  verb.flag("--svg", arguments->svg, "SVG, drawn by Graphviz").excludes(mermaid).excludes(dot);
  on_chosen(verb, session, [arguments] { return graph(*arguments); });
}

}  // namespace xconn::cli
