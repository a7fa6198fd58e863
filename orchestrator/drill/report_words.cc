// SPDX-License-Identifier: Apache-2.0
#include "drill/report_words.hh"

#include <fmt/format.h>

#include <algorithm>

#include "drill/evidence.hh"

namespace xconn::drill {
namespace {

std::string outage_of(const DirectionResult& direction) {
  if (direction.measured.gaps.empty()) return "none";
  return readable(direction.measured.outage) + (direction.measured.dead ? " and not over" : "");
}

std::string latency_of(const probes::Latency& latency) {
  if (latency.samples == 0) return "-";
  return fmt::format("{} / {} / {}", readable(latency.minimum), readable(latency.median), readable(latency.p99));
}

}  // namespace

std::string outage_words(const FlowResult& flow) {
  const bool forward_longer = flow.forward.measured.outage >= flow.reverse.measured.outage;
  const std::string longest = outage_of(forward_longer ? flow.forward : flow.reverse);
  if (flow.forward.measured.gaps.empty() && flow.reverse.measured.gaps.empty()) return "outage none";
  return fmt::format("outage {}  (forward {}, reverse {})", longest, outage_of(flow.forward), outage_of(flow.reverse));
}

std::string path_words(const FlowResult& flow) {
  const std::string change = change_of(flow.forward.path.before, flow.forward.path.after);
  return change.empty() ? "" : "path " + change;
}

std::string host_words(const Report& report) {
  const probes::HostStalls& host = report.host;
  std::string text = fmt::format("host stalled {} at most ({} at real-time priority)", readable(host.longest_normal),
                                 host.real_time ? readable(host.longest_real_time) : "not allowed");
  if (!host.waiter.empty())
    text += fmt::format(", {} waited {} for a processor", host.waiter, readable(host.longest_wait));
  text += ", loop " + readable(host.longest_loop);
  if (host.pressure) text += fmt::format(", CPU pressure {:.0f} %", *host.pressure * 100);
  return text;
}

std::string since_fault(const Report& report, Duration at) {
  return fmt::format("{:+.3f}", std::chrono::duration<double>(at - report.first_fault.value_or(Duration{0})).count());
}

std::string row_text(const Row& row) {
  const std::string times = row.times > 1 ? fmt::format(" ({} times)", row.times) : "";
  const std::string late = row.late.count() > 0 ? fmt::format(" (stamped late by up to {})", readable(row.late)) : "";
  const std::string more = row.more > 0 ? fmt::format(" (and {} more like it)", row.more) : "";
  return row.text + times + late + more;
}

std::string row_words(const Row& row) { return (row.node.empty() ? "" : row.node + ": ") + row_text(row); }

std::vector<std::string> direction_cells(const std::string& name, const DirectionResult& direction) {
  const probes::Measurement& m = direction.measured;
  return {name,
          std::to_string(m.sent),
          std::to_string(m.lost),
          std::to_string(m.duplicated),
          std::to_string(m.reordered),
          outage_of(direction),
          latency_of(m.latency.before),
          latency_of(m.latency.after),
          readable(m.resolution)};
}

const std::vector<std::string>& direction_titles() {
  static const std::vector<std::string> kTitles{
      "direction",     "sent",      "lost", "duplicated", "reordered", "outage", "latency before (min / median / p99)",
      "latency after", "resolution"};
  return kTitles;
}

}  // namespace xconn::drill
