// SPDX-License-Identifier: Apache-2.0
#include "cli/drill_lab.hh"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "cli/chatter.hh"
#include "cli/noted.hh"
#include "cli/output.hh"
#include "cli/topology.hh"
#include "lab/event_log.hh"
#include "lab/rehearsal.hh"
#include "nodes/plan_commands.hh"
#include "plan/difference.hh"
#include "sys/file.hh"
#include "sys/installation.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

void demand_same(const plan::Plan& plan) {
  const auto running = sys::read_file((world::RunFolder::path_of(plan.lab) / "plan.json").string());
  const auto changes = plan::difference(plan::from_json(json::parse(running)), plan);
  if (!changes.empty())
    throw Error(
        fmt::format("lab {} is up with another topology than the drill's ({} differences, the first: {}); take "
                    "it down, or give the drill a lab of its own with --lab NAME",
                    plan.lab, changes.size(), plan::to_string(changes.front())));
}

}  // namespace

DrillFile::DrillFile(const std::string& word)
    : path_(find_drill(word)), text_(drill::text_of_file(path_)), drill_(drill::read_text(text_, path_)) {
  drill_.topology = topology_of_drill(drill_);
}

nodes::Planned DrillFile::topology(const std::string& name) const {
  auto planned = nodes::plan_file(drill_.topology, name, drill_.topology_at);
  lab::demand_there(drill_.mentions, planned.plan);
  (void)nodes::rehearse(planned.document, drill::commands_of(drill_));
  return planned;
}

std::vector<plan::Rehearsed> DrillFile::changes(const lab::RemoteLab& lab) const {
  return nodes::rehearse_file(lab.topology_file(), drill::commands_of(drill_));
}

DrillLab::DrillLab(const DrillFile& drill, const std::string& name, Progress& progress, bool keep) : keep_(keep) {
  const auto [document, plan, topology] = drill.topology(name);
  name_ = plan.lab;
  if (world::RunFolder::is_up(name_)) {
    note_command_line(name_);
    demand_same(plan);
    keep_ = true;
    return;
  }
  tell_of_commands(plan);
  if (!keep_) signals_.emplace();
  lab::RemoteLab::up(
      plan, {.program = sys::own_program(), .breached = !topology.breaches.empty(), .topology = document.json()},
      [&](const json& step) { progress.step(step.get<std::string>()); });
}

DrillLab::~DrillLab() {
  if (!keep_) lab::RemoteLab::down(name_);
}

drill::Report DrillLab::run(const DrillFile& drill, const std::string& folder, Progress& progress) const {
  const auto captures = folder.empty() ? "" : std::filesystem::absolute(folder).string();
  Chatter chatter;
  const auto tell = [&](const json& event) {
    if (const auto line = chatter.line(lab::event_from_json(event))) progress.step(*line);
  };
  const auto lab = remote();
  return drill::from_json(lab.drill({.text = drill.text(),
                                     .file = drill.path(),
                                     .capture_folder = captures,
                                     .changes = drill.changes(lab),
                                     .lab_ends_with_us = !keep_},
                                    tell, signals_ ? &*signals_ : nullptr));
}

}  // namespace xconn::cli
