#include "importing/import.hh"

#include <algorithm>

#include "importing/readers.hh"
#include "importing/types.hh"
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
/// The first that fits. A parameters file is read before all templates, wherever it stands.
constexpr Kind kKinds[] = {
    {is_arm_parameters, read_arm_parameters}, {is_arm, read_arm}, {is_terraform, read_terraform}, {is_az, read_az}};

std::vector<RawPtr> read_all(const std::vector<Text>& texts) {
  std::vector<Finding> findings;
  std::vector<RawPtr> documents;
  for (const auto& text : texts) {
    auto more = read_json(text, findings);
    documents.insert(documents.end(), more.begin(), more.end());
  }
  if (!findings.empty()) throw TopologyError(std::move(findings));
  std::ranges::stable_partition(documents, [](const RawPtr& document) { return is_arm_parameters(*document); });
  return documents;
}

/// With what there was to say about it.
[[noreturn]] void refuse_empty(const std::vector<Text>& texts, Notes& notes) {
  std::vector<Finding> findings{{{texts.empty() ? "" : texts.front().file, 1, 1},
                                 "input",
                                 "",
                                 "",
                                 "there is no network of Azure's in it",
                                 "give JSON of `az network ... show/list`, an ARM template, or `terraform show -json`",
                                 ""}};
  for (auto& note : notes.take())
    findings.push_back({note.where, note.object, note.field, note.value, note.reason, note.instead, ""});
  throw TopologyError(std::move(findings));
}

/// What the rules still say: an export can be of a network that a lab cannot have.
void check(const std::string& topology, Notes& notes) {
  try {
    model::read_text(topology, "topology");
  } catch (const TopologyError& error) {
    for (const auto& finding : error.findings())
      notes.add({{},
                 finding.object,
                 finding.field,
                 finding.value,
                 "breaks a rule" + (finding.code.empty() ? "" : " (" + finding.code + ")") + ": " + finding.rule,
                 "`xconn validate` will refuse it until you mend it: " + finding.remedy});
  }
}

}  // namespace

Imported import_texts(const std::vector<Text>& texts, const std::string& name, const std::string& region) {
  Notes notes;
  Inventory inventory(notes);
  Reading reading{notes, inventory, {}};
  for (const auto& document : read_all(texts))
    std::ranges::find_if(kKinds, [&](const Kind& kind) { return kind.is(*document); })->read(document, reading);
  if (inventory.empty()) refuse_empty(texts, notes);
  Draft draft(inventory, notes);
  draft.region = region;
  draft.topology.name = draft.free_name(name, "lab");
  carry_resources(draft);
  use_read_outs(draft);
  complete_vnets(draft);
  add_machines(draft);
  finish_balancers(draft);
  report_next_hops(draft);
  add_customers(draft);
  Imported out{write(draft), carried_by(draft), {}};
  check(out.topology, notes);
  out.notes = notes.take();
  return out;
}

}  // namespace xconn::importing
