// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/join.hh"
#include "base/text.hh"
#include "cli/lab_view.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/state_tables.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

struct InspectArguments {
  std::string node;
  bool all = false;
};

std::string addresses_text(const json& addresses) {
  return join(addresses, " ", [](const json& address) { return address.get<std::string>(); });
}

/// "172.16.139.4, 172.16.139.5"; a next hop that has no address of its own is the interface's network.
std::string listed(const json& items) {
  return join(items, ", ", [](const json& item) { return item == "" ? "connected" : item.get<std::string>(); });
}

std::string node_table(const json& nodes, bool colour) {
  Table table({"NODE", "ROLE", "SITE", "ADDRESSES", "STATE"});
  for (const auto& node : nodes) {
    const auto state = node["state"].get<std::string>();
    auto addresses = addresses_text(node["addresses"]);
    if (addresses.size() > 60) addresses = addresses.substr(0, addresses.rfind(' ', 56)) + " ...";
    table.add({node["name"], node["role"], node["site"], addresses,
               Cell(state, state == "up" ? Colour::kGreen : Colour::kRed)});
  }
  return table.text(colour);
}

std::size_t count_services(const json& nodes, const std::string& kind) {
  std::size_t count = 0;
  for (const auto& node : nodes)
    for (const auto& service : node["services"]) count += kind.empty() || service["kind"] == kind ? 1 : 0;
  return count;
}

/// A lab that is wrong on purpose comes to rest without what its topology promises.
std::string convergence(const json& lab) {
  if (lab["converged_in_ms"].is_null()) return "has not converged";
  const auto time = seconds(std::chrono::milliseconds{lab["converged_in_ms"].get<std::int64_t>()});
  if (!lab["converged"].get<bool>()) return "first converged in " + time;
  const bool as_planned = std::ranges::all_of(lab["facts"], [](const json& fact) { return fact["holds"].get<bool>(); });
  return as_planned ? "converged in " + time : "not as planned, at rest in " + time;
}

std::string summary(const json& lab) {
  return fmt::format("  {}: {} nodes, {} links, {} daemons; {}\n", lab["lab"].get<std::string>(), lab["nodes"].size(),
                     lab["links"].size(), count_services(lab["nodes"], ""), convergence(lab));
}

std::string datapath_text(const json& datapath) {
  std::map<std::string, std::vector<std::string>> by_driver;
  for (const auto& [feature, driver] : datapath.items()) by_driver[driver.get<std::string>()].push_back(feature);
  const auto row = [](const auto& one) { return one.first + " for " + join(one.second); };
  return "  datapath: " + join(by_driver, "; ", row) + "\n";
}

/// Why something is not as planned, as the node's kernel and daemons know it.
std::string reasons_text(const json& node, const std::string& whose, bool colour) {
  std::string text;
  for (const auto& reason : node["reasons"])
    text +=
        "  " + paint("reason", Colour::kYellow, colour) + ": " + whose + printable(reason.get<std::string>()) + "\n";
  return text;
}

std::string unsettled_text(const json& lab, bool colour) {
  std::string text;
  for (const auto& fact : lab["facts"])
    if (!fact["holds"])
      text += "  " + paint("not as planned", Colour::kYellow, colour) + ": " +
              printable(fact["node"].get<std::string>() + ": " + fact["seen"].get<std::string>()) + "\n";
  for (const auto& node : lab["nodes"]) text += reasons_text(node, node["name"].get<std::string>() + ": ", colour);
  return text.empty() ? text : "\n" + text;
}

std::string message_text(const json& lab) {
  const auto message = printable_lines(lab["message"].get<std::string>());
  return message.empty() ? "" : "\n" + message + (message.back() == '\n' ? "" : "\n");
}

int inspect(const InspectArguments& arguments, const Session& session) {
  const auto colour = wants_colour(STDOUT_FILENO);
  demand_root();
  if (arguments.all) {
    const auto labs = world::RunFolder::labs_up();
    if (session.json())
      print("{}\n", json(labs).dump(2));
    else
      for (const auto& lab : labs) print("{}\n", lab);
    return kPass;
  }
  const auto lab = lab::RemoteLab::attach(session.chosen_lab());
  const auto state = arguments.node.empty() ? lab.inspect() : lab.inspect_node(arguments.node);
  if (session.json())
    print("{}\n", state.dump(2));
  else
    print("{}", arguments.node.empty() ? lab_text(state, colour) : node_text(state, colour));
  return kPass;
}

std::string interfaces_text(const json& interfaces, bool colour) {
  Table table({"INTERFACE", "STATE", "MTU", "ADDRESSES", "RX PACKETS", "TX PACKETS"});
  for (const auto& interface : interfaces) {
    if (interface["name"].get<std::string>().ends_with('~')) continue;  // the lab's own tap, which plays a delay
    table.add({interface["name"],
               !interface["up"]       ? "down"
               : interface["carrier"] ? "up"
                                      : "no carrier",
               interface["mtu"].dump(), addresses_text(interface["addresses"]), interface["rx_packets"].dump(),
               interface["tx_packets"].dump()});
  }
  return table.text(colour);
}

/// FRR keeps the administrative distance of a route that is not its own in the first byte.
std::string metric_text(std::uint32_t metric) {
  const auto distance = metric >> 24;
  return distance == 0 ? std::to_string(metric) : fmt::format("distance {}", distance);
}

std::string routes_text(const json& routes, bool colour) {
  Table table({"ROUTE", "NEXT HOP", "INTERFACE", "METRIC", "FROM"});
  for (const auto& route : routes) {
    const bool nowhere = route["interfaces"].empty();
    table.add({route["to"], nowhere ? "blackhole" : listed(route["next_hops"]), listed(route["interfaces"]),
               metric_text(route["metric"]), route["protocol"]});
  }
  return table.empty() ? "" : "\n" + table.text(colour);
}

/// Its latest decisions, sessions, faults ... : the end of what `xconn events` has of it.
std::string events_text(const json& events, bool colour) {
  Table table({"WHEN", "SOURCE", "EVENT"});
  for (const auto& event : events)
    table.add({ago(std::chrono::nanoseconds{event["at"]}), event["source"], event["text"]});
  return table.empty() ? "" : "\n" + table.text(colour);
}

}  // namespace

std::string lab_text(const json& lab, bool colour) {
  return datapath_text(lab["datapath"]) + summary(lab) + "\n" + node_table(lab["nodes"], colour) +
         unsettled_text(lab, colour) + (lab["faults"].empty() ? "" : "\n" + faults_text(lab["faults"], colour)) +
         message_text(lab);
}

std::string node_text(const json& node, bool colour) {
  return fmt::format("  {} ({}, {})\n\n", node["name"].get<std::string>(), node["role"].get<std::string>(),
                     printable(node["site"].get<std::string>())) +
         reasons_text(node, "", colour) + interfaces_text(node["interfaces"], colour) +
         routes_text(node["routes"], colour) + state_tables(node["services"], colour) +
         events_text(node["events"], colour);
}

void add_inspect(Verb app, Session& session) {
  const auto verb = app.add("inspect", "Show a lab, or one of its nodes, as it is now");
  auto arguments = std::make_shared<InspectArguments>();
  verb.option("node", arguments->node, "A node, for its interfaces, routes and the state of its daemons");
  verb.flag("-a,--all", arguments->all, "List the labs that are up");
  add_lab_option(verb, session);
  on_chosen(verb, session, [arguments, &session] { return inspect(*arguments, session); });
}

}  // namespace xconn::cli
