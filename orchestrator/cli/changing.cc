// SPDX-License-Identifier: Apache-2.0
#include "cli/changing.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "lab/remote.hh"
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
    print("{}\n", json{{"changes", changes}}.dump(2));
    return kPass;
  }
  for (const auto& change : changes) print("{}", indented(printable_lines(change)));
  print("  {}\n", tail);
  return kPass;
}

}  // namespace

int change_lab(const nodes::Planned& chosen, const ChangeOptions& options, const Session& session) {
  const auto lab = lab::RemoteLab::attach(chosen.plan.lab);
  if (options.dry_run) {
    const auto changes = plan::sentences(plan::edits(lab.plan(), chosen.plan));
    return show(changes, changes.empty() ? "nothing would change" : "nothing was changed (--dry-run)", session);
  }
  tell_of_commands(chosen.plan);
  tell_of_breaches(chosen.topology.breaches);
  const auto begin = sys::now();
  Progress progress(session.json());
  const auto changes = lab.apply(
      chosen.plan, chosen.document.json(), options.bound,
      [&](const json& step) { progress.step(step.get<std::string>()); }, !chosen.topology.breaches.empty());
  progress.clear();
  return show(changes,
              changes.empty() ? fmt::format("{}: nothing to change", lab.name())
                              : fmt::format("{}: changed in {}", lab.name(), seconds(sys::now() - begin)),
              session);
}

}  // namespace xconn::cli
