// SPDX-License-Identifier: Apache-2.0
#include "nodes/plan_commands.hh"

#include <algorithm>

#include "base/errors.hh"
#include "base/join.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"

namespace xconn::nodes {
namespace {

/// The rules of Azure have such codes; what breaks only others is a mistake in the words.
bool is_azures(const Finding& finding) { return finding.code.starts_with('V'); }

/// Without the place: no file has what a command has written.
std::string sentences(const TopologyError& error) {
  return join(error.findings(), "; ", [](Finding finding) {
    finding.where = {};
    return to_string(finding);
  });
}

class Runbook {
 public:
  explicit Runbook(model::Document running) : document_(std::move(running)), topology_(model::read(document_)) {}

  plan::Rehearsed next(const model::Command& command) try {
    auto edited = document_;
    model::edit(edited, command);
    return take(plan_edit(topology_, edited, command.verb->by));
  } catch (const TopologyError& error) {
    if (std::ranges::any_of(error.findings(), is_azures)) return {sentences(error), {}, {}};
    for (const auto& finding : error.findings()) note(command, finding);
    return {};
  } catch (const Error& error) {
    note(command, {{}, {}, {}, {}, error.what(), {}, {}});
    return {};
  }

  void raise() {
    if (!findings_.empty()) throw TopologyError(std::move(findings_));
  }

 private:
  plan::Rehearsed take(Planned made) {
    document_ = std::move(made.document);
    topology_ = std::move(made.topology);
    return {{}, std::move(made.plan), document_.json()};
  }
  void note(const model::Command& command, Finding finding) {
    finding.where = command.where;
    finding.object = "'" + model::to_string(command) + "'" + (finding.object.empty() ? "" : ": " + finding.object);
    findings_.push_back(std::move(finding));
  }

  model::Document document_;
  model::Topology topology_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<plan::Rehearsed> rehearse(const model::Document& running, const std::vector<model::Command>& commands) {
  std::vector<plan::Rehearsed> changes;
  if (commands.empty()) return changes;
  Runbook runbook(running);
  for (const auto& command : commands) changes.push_back(runbook.next(command));
  runbook.raise();
  return changes;
}

std::vector<plan::Rehearsed> rehearse_file(const std::string& running, const std::vector<model::Command>& commands) {
  if (commands.empty()) return {};
  return rehearse(model::Document::load(running), commands);
}

}  // namespace xconn::nodes
