#include "cli/changing.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "azure/peering.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "lab/remote.hh"
#include "model/read.hh"
#include "plan/difference.hh"
#include "sys/clock.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

std::string indented(const std::string& text) {
  auto out = "  " + text;
  for (auto at = out.find('\n'); at != std::string::npos; at = out.find('\n', at + 3)) out.insert(at + 1, "  ");
  return out + "\n";
}

int show(const std::vector<std::string>& changes, const std::string& tail, const Session& session) {
  if (session.json()) {
    fmt::print("{}\n", json{{"changes", changes}}.dump(2));
    return kPass;
  }
  for (const auto& change : changes) fmt::print("{}", indented(change));
  fmt::print("  {}\n", tail);
  return kPass;
}

/// What the step leaves of a VNet peering is Disconnected, and stays so: the lab remembers it in its topology.
model::Document with_states(const lab::RemoteLab& lab, model::Document document) {
  const auto left = azure::left_alone(model::read(lab.topology_file()), model::read(document));
  for (const auto& [vnet, half] : left) {
    const model::KeyPath path{"vnets", vnet, "peerings", half};
    if (const auto* raw = document.find(path); raw->is_scalar())
      document.put(path, model::parse_value("{remote: " + raw->text + "}"));
    document.put({"vnets", vnet, "peerings", half, "disconnected"}, "true");
  }
  return document;
}

}  // namespace

int change_lab(const Chosen& chosen, const ChangeOptions& options, const Session& session) {
  const auto lab = lab::RemoteLab::attach(chosen.plan.lab);
  if (options.dry_run) {
    const auto changes = plan::told(plan::edits(lab.plan(), chosen.plan));
    return show(changes, changes.empty() ? "nothing would change" : "nothing was changed (--dry-run)", session);
  }
  const auto begin = sys::now();
  Progress progress(session.json());
  const auto changes = lab.apply(chosen.plan, with_states(lab, chosen.document).json(), options.bound,
                                 [&](const json& step) { progress.step(step.get<std::string>()); });
  progress.clear();
  return show(changes,
              changes.empty() ? fmt::format("{}: nothing to change", lab.name())
                              : fmt::format("{}: changed in {}", lab.name(), seconds(sys::now() - begin)),
              session);
}

}  // namespace xconn::cli
