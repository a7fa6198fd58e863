// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "drill/highlights.hh"
#include "drill/report.hh"
#include "drill/report_words.hh"

namespace xconn::drill {
namespace {

using nlohmann::json;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
Duration from_seconds(double value) { return Duration{std::llround(value * 1e9)}; }
Duration time_at(const json& object, const char* key) { return from_seconds(object.at(key).get<double>()); }

json to_json(const probes::Gap& gap) {
  return {
      {"start", seconds(gap.start)}, {"end", seconds(gap.end)}, {"open", gap.open}, {"outage", seconds(gap.outage)}};
}

probes::Gap gap_from(const json& object) {
  return {time_at(object, "start"), time_at(object, "end"), object.at("open"), time_at(object, "outage")};
}

json to_json(const probes::Latency& latency) {
  return {{"minimum", seconds(latency.minimum)},
          {"median", seconds(latency.median)},
          {"p99", seconds(latency.p99)},
          {"samples", latency.samples}};
}

probes::Latency latency_from(const json& object) {
  return {time_at(object, "minimum"), time_at(object, "median"), time_at(object, "p99"), object.at("samples")};
}

json to_json(const std::optional<probes::Path>& path) {
  if (!path) return nullptr;
  return {{"nodes", path->nodes}, {"via", path->via}};
}

std::optional<probes::Path> path_from(const json& object) {
  if (object.is_null()) return std::nullopt;
  return probes::Path{object.at("nodes"), object.at("via")};
}

json to_json(const DirectionResult& result) {
  const probes::Measurement& measured = result.measured;
  json gaps = json::array();
  for (const probes::Gap& gap : measured.gaps) gaps.push_back(to_json(gap));
  return {{"sent", measured.sent},
          {"received", measured.received},
          {"lost", measured.lost},
          {"duplicated", measured.duplicated},
          {"reordered", measured.reordered},
          {"unstamped", measured.unstamped},
          {"outage", seconds(measured.outage)},
          {"dead", measured.dead},
          {"gaps", gaps},
          {"resolution", seconds(measured.resolution)},
          {"latency", {{"before", to_json(measured.before)}, {"after", to_json(measured.after)}}},
          {"path", {{"before", to_json(result.before)}, {"after", to_json(result.after)}}}};
}

DirectionResult direction_from(const json& object) {
  DirectionResult result;
  probes::Measurement& measured = result.measured;
  measured.sent = object.at("sent");
  measured.received = object.at("received");
  measured.lost = object.at("lost");
  measured.duplicated = object.at("duplicated");
  measured.reordered = object.at("reordered");
  measured.unstamped = object.at("unstamped");
  measured.outage = time_at(object, "outage");
  measured.dead = object.at("dead");
  for (const json& gap : object.at("gaps")) measured.gaps.push_back(gap_from(gap));
  measured.resolution = time_at(object, "resolution");
  measured.before = latency_from(object.at("latency").at("before"));
  measured.after = latency_from(object.at("latency").at("after"));
  result.before = path_from(object.at("path").at("before"));
  result.after = path_from(object.at("path").at("after"));
  return result;
}

json to_json(const FlowResult& flow) {
  return {{"name", flow.name},
          {"kind", flow.kind},
          {"from", flow.from},
          {"to", flow.to},
          {"every", seconds(flow.every)},
          {"broken", flow.broken},
          {"outage", seconds(std::max(flow.forward.measured.outage, flow.reverse.measured.outage))},
          {"forward", to_json(flow.forward)},
          {"reverse", to_json(flow.reverse)}};
}

FlowResult flow_from(const json& object) {
  return {object.at("name"),
          object.at("kind"),
          object.at("from"),
          object.at("to"),
          time_at(object, "every"),
          object.at("broken"),
          direction_from(object.at("forward")),
          direction_from(object.at("reverse"))};
}

json to_json(const Row& row) {
  return {{"at", seconds(row.at)}, {"source", row.source}, {"node", row.node},
          {"text", row.text},      {"times", row.times},   {"late", seconds(row.late)}};
}

/// For who prints a report without this library: their text says all.
json highlights_of(const Report& report) {
  json rows = json::array();
  for (const Row& row : highlights(report.timeline))
    rows.push_back({{"at", seconds(row.at)}, {"source", row.source}, {"node", row.node}, {"text", row_text(row)}});
  return rows;
}

Row row_from(const json& object) {
  return {time_at(object, "at"), object.at("source"), object.at("node"),
          object.at("text"),     object.at("times"),  time_at(object, "late")};
}

json to_json(const Judgement& judgement) {
  return {{"sentence", judgement.sentence},
          {"found", judgement.found},
          {"because", judgement.because},
          {"verdict", to_string(judgement.verdict)},
          {"line", judgement.line}};
}

probes::Verdict verdict_from(const json& object) {
  const std::string word = object.get<std::string>();
  for (const auto verdict : {probes::Verdict::kPass, probes::Verdict::kFail}) {
    if (to_string(verdict) == word) return verdict;
  }
  return probes::Verdict::kInconclusive;
}

json to_json(const std::vector<probes::Stall>& stalls) {
  json list = json::array();
  for (const probes::Stall& stall : stalls) list.push_back({seconds(stall.start), seconds(stall.end)});
  return list;
}

std::vector<probes::Stall> stalls_from(const json& list) {
  std::vector<probes::Stall> stalls;
  for (const json& stall : list) stalls.push_back({from_seconds(stall.at(0)), from_seconds(stall.at(1))});
  return stalls;
}

json to_json(const probes::HostStalls& host) {
  return {{"longest_normal", seconds(host.longest_normal)},
          {"longest_real_time", seconds(host.longest_real_time)},
          {"real_time", host.real_time},
          {"cpu_pressure", host.pressure ? json(*host.pressure) : json(nullptr)},
          {"stalls", to_json(host.stalls)},
          {"longest_loop", seconds(host.longest_loop)},
          {"loop_stalls", to_json(host.loop)}};
}

probes::HostStalls host_from(const json& object) {
  probes::HostStalls host;
  host.longest_normal = time_at(object, "longest_normal");
  host.longest_real_time = time_at(object, "longest_real_time");
  host.real_time = object.at("real_time");
  if (!object.at("cpu_pressure").is_null()) host.pressure = object.at("cpu_pressure").get<double>();
  host.stalls = stalls_from(object.at("stalls"));
  host.longest_loop = time_at(object, "longest_loop");
  host.loop = stalls_from(object.at("loop_stalls"));
  return host;
}

template <typename Item>
json list_of(const std::vector<Item>& items) {
  json list = json::array();
  for (const Item& item : items) list.push_back(to_json(item));
  return list;
}

}  // namespace

int exit_code(probes::Verdict verdict) {
  constexpr int kPass = 0, kFail = 1, kInconclusive = 3;  // docs/cli.md, exit codes
  if (verdict == probes::Verdict::kPass) return kPass;
  return verdict == probes::Verdict::kFail ? kFail : kInconclusive;
}

std::string to_string(probes::Verdict verdict) {
  if (verdict == probes::Verdict::kPass) return "pass";
  return verdict == probes::Verdict::kFail ? "fail" : "inconclusive";
}

json to_json(const Report& report) {
  return {{"drill", report.drill},
          {"about", report.about},
          {"file", report.file},
          {"topology", report.topology},
          {"duration", seconds(report.duration)},
          {"first_fault", report.first_fault ? json(seconds(*report.first_fault)) : json(nullptr)},
          {"verdict", to_string(report.verdict)},
          {"expectations", list_of(report.judgements)},
          {"flows", list_of(report.flows)},
          {"timeline", list_of(report.timeline)},
          {"highlights", highlights_of(report)},
          {"host", to_json(report.host)},
          {"captures", report.captures}};
}

Report from_json(const json& object) {
  Report report;
  report.drill = object.at("drill");
  report.about = object.at("about");
  report.file = object.at("file");
  report.topology = object.at("topology");
  report.duration = time_at(object, "duration");
  if (!object.at("first_fault").is_null()) report.first_fault = time_at(object, "first_fault");
  report.verdict = verdict_from(object.at("verdict"));
  for (const json& one : object.at("expectations")) {
    report.judgements.push_back(
        {one.at("sentence"), one.at("found"), one.at("because"), verdict_from(one.at("verdict")), one.at("line")});
  }
  for (const json& flow : object.at("flows")) report.flows.push_back(flow_from(flow));
  for (const json& row : object.at("timeline")) report.timeline.push_back(row_from(row));
  report.host = host_from(object.at("host"));
  report.captures = object.at("captures").get<std::vector<std::string>>();
  return report;
}

}  // namespace xconn::drill
