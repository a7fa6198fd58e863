// SPDX-License-Identifier: Apache-2.0
#include "importing/import.hh"

#include <algorithm>

#include "importing/objects/types.hh"
#include "importing/on_prem/on_prem.hh"
#include "importing/resources/readers.hh"
#include "importing/text/documents.hh"
#include "importing/write.hh"
#include "model/read.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;

struct Kind {
  bool (*is)(const Raw&);
  void (*read)(const RawPtr&, Reading&);
};
/// The first that fits.
constexpr Kind kKinds[] = {{is_arm_parameters, read_arm_parameters},
                           {is_built_parameters, read_built_parameters},
                           {is_arm, read_arm},
                           {is_terraform, read_terraform},
                           {is_az, read_az}};

void append(const std::vector<Note>& notes, std::vector<Finding>& findings) {
  for (const auto& note : notes)
    findings.push_back({note.where, note.object, note.field, note.value, note.reason, note.instead, ""});
}

std::vector<RawPtr> read_all(const std::vector<Text>& texts, Notes& notes) {
  std::vector<Finding> findings;
  std::vector<RawPtr> documents;
  for (const auto& text : texts) {
    auto more = read_documents(text, notes, findings);
    documents.insert(documents.end(), more.begin(), more.end());
  }
  if (findings.empty()) return documents;
  append(notes.take(), findings);
  throw TopologyError(std::move(findings));
}

constexpr const char* kLacks = "see what it lacks";
constexpr const char* kGive = "give JSON of `az network ... show/list`, an ARM template, or `terraform show -json`";

/// With what there was to say about it: that has remedies of its own, unless it `explains` nothing.
[[noreturn]] void refuse(const std::string& why, const std::string& remedy, const std::vector<Text>& texts,
                         Notes& notes, bool explains = true) {
  auto all = notes.take();
  std::erase_if(all, [](const Note& note) { return note.outcome == Outcome::kMade; });
  std::vector<Finding> findings{{{texts.empty() ? "" : texts.front().file, 1, 1},
                                 "input",
                                 "",
                                 "",
                                 why,
                                 explains && !all.empty() ? kLacks : remedy,
                                 ""}};
  append(all, findings);
  throw TopologyError(std::move(findings));
}

/// What carries no packet by itself.
std::string what_else(const Draft& draft) {
  std::string have;
  for (const auto& [what, names] : carried_by(draft))
    have += (have.empty() ? "" : ", ") + what + " " + joined({names.begin(), names.end()});
  return "give the files of its VNets, circuits or gateways too" + (have.empty() ? have : "; it has only: " + have);
}

bool says_where(const model::Vnet& vnet) { return !vnet.address_space.empty() || !vnet.subnets.empty(); }

bool is_plugged(const network::Node& node) { return !node.interfaces.empty(); }

/// Route tables and the like alone carry no packet, nor do VNets of which the files say but the names.
bool is_empty(const model::Topology& topology) {
  return std::ranges::none_of(topology.vnets, says_where) && std::ranges::none_of(topology.nodes, is_plugged) &&
         topology.circuits.empty() && topology.gateways.empty() && topology.direct_ports.empty();
}

template <class List>
void place(const List& list, std::string_view kind, const std::string& object, Where& where) {
  for (const auto& one : list)
    if (object == std::string(kind) + one.name) where = one.where;
}

/// Where the input has what became this object.
Where place_of(const std::string& object, const model::Topology& topology) {
  Where where;
  place(topology.vnets, "vnet ", object, where);
  place(topology.nodes, "node ", object, where);
  place(topology.circuits, "circuit ", object, where);
  place(topology.gateways, "gateway ", object, where);
  place(topology.connections, "connection ", object, where);
  place(topology.local_gateways, "local-gateway ", object, where);
  place(topology.load_balancers, "load-balancer ", object, where);
  place(topology.route_tables, "route-table ", object, where);
  place(topology.nsgs, "nsg ", object, where);
  return where;
}

/// What the rules still say: an export can be of a network that a lab cannot have.
void check(const std::string& topology, const Draft& draft, Notes& notes) {
  try {
    model::read_text(topology, "topology");
  } catch (const TopologyError& error) {
    for (const auto& finding : error.findings())
      notes.add_anyway({place_of(finding.object, draft.topology), finding.object, finding.field, finding.value,
                        "breaks a rule" + (finding.code.empty() ? "" : " (" + finding.code + ")") + ": " + finding.rule,
                        "`xconn validate` will refuse it until you mend it: " + finding.remedy});
  }
}

}  // namespace

Imported import_texts(const std::vector<Text>& texts, const std::string& name, const std::string& region) {
  Notes notes;
  Inventory inventory(notes);
  Reading reading{notes, inventory, region};
  const auto documents = read_all(texts, notes);
  for (const auto& document : documents)
    std::ranges::find_if(kKinds, [&](const Kind& kind) { return kind.is(*document); })->read(document, reading);
  deploy_templates(reading);
  if (inventory.empty())
    refuse("there is no network of Azure's in it", kGive, texts, notes,
           !reading.templates.empty() ||
               std::ranges::any_of(documents, [](const auto& one) { return is_terraform(*one); }));
  Draft draft(inventory, notes);
  draft.region = region;
  draft.topology.name = draft.free_name(name, "lab");
  carry_resources(draft);
  use_read_outs(draft);
  leave_out_lone_hubs(draft);
  leave_out_lone_servers(draft);
  if (is_empty(draft.topology)) {
    leave_out_loose_ends(draft);
    refuse("nothing of it can be carried over", what_else(draft), texts, notes);
  }
  complete_hubs(draft);
  complete_vnets(draft);
  play_hubs(draft);
  leave_out_loose_ends(draft);
  add_machines(draft);
  finish_balancers(draft);
  play_route_servers(draft);
  report_next_hops(draft);
  leave_out_own_prefixes(draft);
  complete_sessions(draft);
  add_customers(draft);
  Imported out{write(draft), carried_by(draft), {}};
  check(out.topology, draft, notes);
  out.notes = notes.take();
  return out;
}

}  // namespace xconn::importing
