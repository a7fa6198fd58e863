// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <variant>

#include "base/input.hh"
#include "base/text.hh"
#include "drill/drill.hh"
#include "drill/expectation_reader.hh"
#include "drill/mention.hh"
#include "drill/parse.hh"
#include "drill/reader.hh"
#include "faults/kinds.hh"
#include "faults/values.hh"

namespace xconn::drill {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::uint64_t kLargestPayload = 65000;

Duration usual_interval(probes::FlowKind kind) {
  using std::chrono::milliseconds;
  const bool session_each = kind == probes::FlowKind::kUdpNew || kind == probes::FlowKind::kTcpConnect;
  return session_each ? milliseconds{50} : milliseconds{5};
}

probes::FlowKind read_kind(Section& section) {
  const std::string word = section.text("kind").value_or("udp");
  const auto kind = probes::flow_kind(word);
  if (!kind) section.fault("kind", "a flow is udp, udp-new, tcp or tcp-connect");
  return kind.value_or(probes::FlowKind::kUdp);
}

Flow read_flow(const std::string& name, Section& section, std::uint32_t id) {
  Flow flow;
  flow.where = section.where();
  flow.spec.name = name;
  flow.spec.id = id;
  flow.spec.from = section.required_text("from");
  flow.spec.to = section.required_text("to");
  section.mention("from", Named::kPlace);
  section.mention("to", Named::kDestination);
  flow.spec.kind = read_kind(section);
  flow.spec.every = section.duration("every").value_or(usual_interval(flow.spec.kind));
  flow.spec.size = static_cast<std::uint16_t>(section.number("size", kLargestPayload).value_or(flow.spec.size));
  flow.spec.dscp = static_cast<std::uint8_t>(section.number("dscp", 63).value_or(0));
  flow.spec.port = static_cast<std::uint16_t>(section.number("port", 65535).value_or(0));
  flow.start = section.duration("start").value_or(Duration{0});
  if (flow.spec.every < std::chrono::milliseconds{1}) section.fault("every", "an interval is 1ms or more");
  if (flow.spec.size < probes::kHeaderSize) {
    section.fault("size", fmt::format("a probe has {} bytes or more", probes::kHeaderSize));
  }
  return flow;
}

// What is left in a fault's map are the parameters of its kind.
void check_kind(Section& section, const Inject& fault) {
  const faults::Kind* kind = faults::find_kind(fault.kind);
  if (kind == nullptr) {
    std::string known;
    for (const auto& each : faults::kinds()) known += (known.empty() ? "" : ", ") + std::string(each.name);
    return section.fault("fault", "there is no such kind of fault", "use one of: " + known);
  }
  for (const auto& entry : fault.parameters) {
    const auto parameter = std::ranges::find(kind->parameters, entry.first, &faults::Parameter::name);
    if (parameter == kind->parameters.end())
      section.fault(entry.first, "a " + fault.kind + " fault has no such parameter");
    else if (!faults::is_valid(parameter->value, entry.second))
      section.fault(entry.first, "it is " + std::string(faults::to_string(parameter->value)));
  }
  for (const auto& parameter : kind->parameters) {
    const std::string name(parameter.name);
    if (parameter.default_value.empty() && !fault.parameters.contains(name)) {
      section.fault(name, "a " + fault.kind + " fault needs it: " + std::string(parameter.meaning));
    }
  }
}

Inject read_inject(Section& section, std::size_t number) {
  Inject fault;
  fault.kind = section.required_text("fault");
  fault.on = section.required_text("on");
  fault.lasts = section.duration("for");
  fault.name = section.has("name") ? section.required_name("name") : fmt::format("fault-{}", number);
  for (auto& [key, value] : section.rest()) fault.parameters.emplace(key, value);
  check_kind(section, fault);
  section.mention("on", Named::kTarget, fault.kind);
  return fault;
}

Exec read_exec(Section section) {
  Exec exec{section.required_text("node"), section.texts("command", true)};
  if (exec.argv.empty()) section.fault("command", "it is a list of words, the program first");
  section.mention("node", Named::kNode);
  section.finish();
  return exec;
}

std::optional<Step> read_step(Section& section, std::size_t number) {
  Step step;
  step.where = section.where();
  if (!section.has("at")) section.fault("at", "it is required", "say when, since the drill's start: at: 2s");
  step.at = section.duration("at").value_or(Duration{0});
  const int actions = section.has("fault") + section.has("heal") + section.has("exec");
  if (actions != 1) {
    section.rest();
    section.fault({}, "a step is exactly one of: fault, heal, exec");
    return std::nullopt;
  }
  if (section.has("fault")) {
    step.action = read_inject(section, number);
  } else if (section.has("heal")) {
    step.action = Heal{section.required_text("heal")};
  } else {
    step.action = read_exec(*section.section("exec"));
  }
  return step;
}

void read_timeline(Section& root, Drill& drill) {
  root.each_item("timeline", [&](Section& section) {
    const auto step = read_step(section, drill.timeline.size() + 1);
    if (step && step->at >= drill.duration && drill.duration.count() > 0) {
      section.fault("at", "a step is before the drill's end (duration)");
    }
    if (step) drill.timeline.push_back(*step);
  });
  std::stable_sort(drill.timeline.begin(), drill.timeline.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
}

void check_heals(Section& root, const Drill& drill, const std::string& file, Findings& findings) {
  std::set<std::string> names{"all"};
  for (const Step& step : drill.timeline) {
    if (const auto* fault = std::get_if<Inject>(&step.action)) {
      if (!names.insert(fault->name).second) root.fault("timeline", "two faults are named " + fault->name);
    }
    const auto* heal = std::get_if<Heal>(&step.action);
    if (heal != nullptr && !names.contains(heal->name)) {
      findings.push_back({{file, step.where.line, step.where.column},
                          "timeline",
                          "heal",
                          heal->name,
                          "it names an earlier fault, or all",
                          {},
                          {}});
    }
  }
}

std::optional<Span> during_of(const Expectation& expectation) {
  return std::visit(
      [](const auto& what) -> std::optional<Span> {
        if constexpr (requires { what.during; }) return what.during;
        return std::nullopt;
      },
      expectation.what);
}

void read_expectations(Section& root, const std::set<std::string>& flows, Drill& drill) {
  root.each_item("expect", [&](Section& section) {
    auto expectation = read_expectation(section, flows);
    if (!expectation) return;
    const auto during = during_of(*expectation);
    if (during && during->end > drill.duration && drill.duration.count() > 0)
      section.fault({}, "during ends with the drill (duration)");
    drill.expectations.push_back(std::move(*expectation));
  });
}

void read_root(Section& root, const std::string& file, Findings& findings, Drill& drill) {
  drill.name = root.required_name("name");
  root.rename("drill " + drill.name);
  drill.about = root.lines("about").value_or("");
  const std::filesystem::path topology = root.required_text("topology");
  drill.topology = (std::filesystem::path(file).parent_path() / topology).lexically_normal();
  if (!root.has("duration")) root.fault("duration", "it is required", "say how long the flows run: duration: 20s");
  drill.duration = root.duration("duration").value_or(Duration{0});
  drill.settle = root.duration("settle").value_or(drill.settle);
  std::set<std::string> flows;
  root.each_named("flows", [&](const std::string& name, Section& section) {
    flows.insert(name);
    drill.flows.push_back(read_flow(name, section, static_cast<std::uint32_t>(drill.flows.size() + 1)));
  });
  if (!root.has("flows")) root.fault("flows", "a drill has at least one flow");
  read_timeline(root, drill);
  check_heals(root, drill, file, findings);
  root.each_item("steady", [&](Section& section) { drill.steady.push_back(read_steady(section, flows)); });
  read_expectations(root, flows, drill);
  if (!root.has("expect")) root.fault("expect", "a drill expects something");
  root.finish();
}

/// A drill, and what its words name.
std::pair<Drill, std::vector<Mention>> read_all(const std::string& text, const std::string& file) {
  Notes notes;
  auto& findings = notes.findings;
  Drill drill;
  drill.file = file;
  if (const auto root = parse(text, file, findings)) {
    Section section(*root, file, "drill", notes);
    if (findings.empty()) read_root(section, file, findings, drill);
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::pair{a.where.line, a.where.column} < std::pair{b.where.line, b.where.column};
  });
  if (!findings.empty()) throw TopologyError(std::move(findings));
  return {std::move(drill), std::move(notes.mentions)};
}

}  // namespace

Drill read_text(const std::string& text, const std::string& file) { return read_all(text, file).first; }

std::vector<Mention> mentions_of(const std::string& text, const std::string& file) {
  return read_all(text, file).second;
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
                        fault == nullptr ? "" : fault->remedy,
                        {}}});
}

Drill read(const std::string& path) { return read_text(text_of_file(path), path); }

}  // namespace xconn::drill
