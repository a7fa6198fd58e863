// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>

#include "base/input.hh"
#include "base/nearest.hh"
#include "drill/keys.hh"
#include "drill/mentions.hh"
#include "model/yaml.hh"

namespace xconn::drill {
namespace {

using model::Findings;
using model::Path;
using model::Raw;

constexpr std::size_t kLargestFile = 1 << 20;
constexpr model::YamlKind kDrillYaml{"drill", "write at least 'name:', 'flows:' and 'expect:'", 16, 100'000};

/// Says nothing of what a file holds that is no drill: whoever named it may not be allowed to read it.
bool has_keys_of_drills(const Raw& root) {
  return root.is_map() && std::ranges::any_of(model::object_info<Drill>().keys,
                                              [&](const auto& key) { return root.find(key.name) != nullptr; });
}

void demand_drill(const Raw& root, Findings& findings) {
  if (!has_keys_of_drills(root))
    findings.add(root.at.where(), {},
                 {"", "this is no drill: it has none of a drill's keys", "see docs/drills.md", ""});
}

// --- what one part of the file means for another ---------------------------------------------------------------------

struct Reading {
  const Raw& root;
  Findings& findings;
  Drill& drill;

  void fault(const Path& path, model::Fault what) const {
    findings.add(model::locate(root, path).where(), path, std::move(what));
  }
};

std::optional<Span> during_of(const Expectation& expectation) {
  return std::visit(
      [](const auto& what) -> std::optional<Span> {
        if constexpr (requires { what.during; }) return what.during;
        return std::nullopt;
      },
      expectation.what);
}

void check_ends(const Reading& of) {
  const auto end = of.drill.duration;
  if (end.count() == 0) return;
  for (std::size_t i = 0; i < of.drill.timeline.size(); ++i)
    if (const auto at = of.drill.timeline[i].at; at >= end)
      of.fault({"timeline", i, "at"}, {to_string(at), "a step is before the drill's end (duration)", "", ""});
  for (std::size_t i = 0; i < of.drill.expectations.size(); ++i)
    if (const auto during = during_of(of.drill.expectations[i]); during && during->end > end)
      of.fault({"expect", i}, {"", "during ends with the drill (duration)", "", ""});
}

void name_faults(Drill& drill) {
  std::size_t number = 0;
  for (auto& step : drill.timeline) {
    ++number;
    if (auto* fault = std::get_if<Inject>(&step.action); fault != nullptr && fault->name.empty())
      fault->name = "fault-" + std::to_string(number);
  }
}

/// The steps by time, as places in the file's list.
std::vector<std::size_t> order_of(const std::vector<Step>& timeline) {
  std::vector<std::size_t> order(timeline.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return timeline[i].at; });
  return order;
}

void check_heals(const Reading& of) {
  std::set<std::string> names{"all"};
  for (const auto i : order_of(of.drill.timeline)) {
    const auto& action = of.drill.timeline[i].action;
    if (const auto* fault = std::get_if<Inject>(&action); fault != nullptr && !names.insert(fault->name).second)
      of.fault({"timeline", i, "name"}, {fault->name, "an earlier fault has this name", "rename one", ""});
    if (const auto* heal = std::get_if<Heal>(&action); heal != nullptr && !names.contains(heal->name))
      of.fault({"timeline", i, "heal"}, {heal->name, "it names an earlier fault, or all",
                                         did_you_mean(heal->name, {names.begin(), names.end()}), ""});
  }
}

void number_flows(const Reading& of) {
  std::set<std::string> names;
  for (auto& flow : of.drill.flows) {
    if (!names.insert(flow.name).second)
      of.fault({"flows", flow.name}, {"", "two flows have this name", "rename one", ""});
    flow.id = static_cast<std::uint32_t>(names.size());
  }
}

std::string flow_remedy(const Drill& drill, const std::string& word) {
  std::vector<std::string_view> names;
  for (const auto& flow : drill.flows) names.push_back(flow.name);
  const auto near = did_you_mean(word, names);
  return near.empty() && !names.empty() ? "use " + model::one_of(names) : near;
}

/// Looks up the flows that are mentioned; what stays is for whoever has the plan.
void resolve_flows(const Reading& of) {
  for (const auto& mention : of.drill.mentions) {
    const auto& name = mention.at.value;
    if (mention.what != Named::kFlow || std::ranges::find(of.drill.flows, name, &Flow::name) != of.drill.flows.end())
      continue;
    auto finding = mention.at;
    finding.rule = "there is no such flow";
    finding.remedy = flow_remedy(of.drill, name);
    of.findings.add(std::move(finding));
  }
  std::erase_if(of.drill.mentions, [](const Mention& mention) { return mention.what == Named::kFlow; });
}

void resolve(const Reading& of) {
  auto& drill = of.drill;
  number_flows(of);
  name_faults(drill);
  check_ends(of);
  check_heals(of);
  drill.mentions = mentions_of(of.root);
  resolve_flows(of);
  std::ranges::stable_sort(drill.timeline, {}, &Step::at);
  drill.topology_at = model::locate(of.root, {"topology"}).where();
  drill.topology = (std::filesystem::path(drill.file).parent_path() / drill.topology).lexically_normal();
}

}  // namespace

Drill read_text(const std::string& text, const std::string& file) {
  Findings findings;
  Drill drill;
  drill.file = file;
  const auto root = model::parse_yaml(text, file, findings, kDrillYaml);
  if (root != nullptr && findings.empty()) demand_drill(*root, findings);
  findings.raise(file);
  model::read_object(model::object_info<Drill>(), model::Cursor(*root, findings), &drill);
  resolve({*root, findings, drill});
  findings.raise(file);
  return drill;
}

std::string text_of_file(const std::string& path) {
  auto read = read_input(path, kLargestFile);
  if (auto* text = std::get_if<std::string>(&read); text != nullptr && !text->empty()) return std::move(*text);
  const auto* fault = std::get_if<Unreadable>(&read);
  throw TopologyError({{{path, 0, 0},
                        "drill",
                        {},
                        {},
                        fault == nullptr ? "the file is empty" : fault->rule,
                        fault == nullptr ? std::string(kDrillYaml.least) : fault->remedy,
                        {}}});
}

std::vector<model::Command> commands_of(const Drill& drill) {
  std::vector<model::Command> commands;
  for (const auto& step : drill.timeline)
    if (const auto* action = std::get_if<Do>(&step.action)) commands.push_back(action->command);
  return commands;
}

Drill read(const std::string& path) { return read_text(text_of_file(path), path); }

}  // namespace xconn::drill
