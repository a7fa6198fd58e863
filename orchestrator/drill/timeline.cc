#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "drill/evidence.hh"

namespace xconn::drill {
namespace {

using probes::Way;

constexpr Duration kAfterwards = std::chrono::milliseconds{500};
constexpr Duration kSampled = std::chrono::milliseconds{50};  // by then a probe of the new path has been traced

// The lower, the sooner it is left out when there is too much to tell.
int weight(const std::string& source) {
  static const std::map<std::string, int> kWeights{{"fault", 9}, {"flow", 9}, {"exec", 9}, {"sdwan", 8}, {"bfd", 7},
                                                   {"ha", 6},    {"ike", 5},  {"bgp", 4},  {"lb", 3},    {"fib", 2}};
  const auto found = kWeights.find(source);
  return found == kWeights.end() ? 1 : found->second;
}

void add_direction(const Evidence& evidence, const FlowEvidence& flow, Way way, std::vector<Row>& rows) {
  const Witness& witness = flow.witness(way);
  const std::string name = flow.spec.name + (way == Way::kForward ? " forward" : " reverse");
  for (const probes::Gap& gap : witness.measured.gaps) {
    if (gap.end < evidence.first_fault.value_or(evidence.began)) continue;  // not of the drill's making
    rows.push_back({gap.start, "flow", name, "last packet", 1});
    if (gap.open) continue;
    const auto path = evidence.path_at(flow, way, gap.end + kSampled);
    const std::string change = change_of(witness.before, path);
    const std::string where = change.empty() ? "" : " on the new path (" + change + ")";
    rows.push_back({gap.end, "flow", name, fmt::format("first packet{} after {}", where, readable(gap.outage)), 1});
  }
}

// Until the last thing that was done, or that a flow felt.
Duration quiet_since(const Evidence& evidence, const std::vector<Row>& rows) {
  Duration last = evidence.first_fault.value_or(evidence.began);
  for (const Row& row : rows) last = std::max(last, row.at);
  for (const services::Event& event : evidence.events) {
    if (event.source == "fault" && event.at <= evidence.ended) last = std::max(last, event.at);
  }
  return last;
}

std::vector<Row> collapsed(const std::vector<Row>& rows) {
  std::vector<Row> result;
  for (const Row& row : rows) {
    const auto same = std::find_if(result.rbegin(), result.rend(), [&](const Row& earlier) {
      return earlier.source == row.source && earlier.node == row.node;
    });
    if (same != result.rend() && same->text == row.text) {
      same->times += row.times;
    } else {
      result.push_back(row);
    }
  }
  return result;
}

void thin_out(std::vector<Row>& rows) {
  while (rows.size() > kMostRows) {
    auto least = rows.begin();
    for (auto row = rows.begin(); row != rows.end(); ++row) {
      if (weight(row->source) <= weight(least->source)) least = row;
    }
    rows.erase(least);
  }
}

}  // namespace

std::vector<Row> timeline(const Evidence& evidence) {
  std::vector<Row> rows;
  for (const FlowEvidence& flow : evidence.flows) {
    add_direction(evidence, flow, Way::kForward, rows);
    add_direction(evidence, flow, Way::kReverse, rows);
  }
  const Duration since = evidence.first_fault.value_or(evidence.began);
  const Duration until = std::min(quiet_since(evidence, rows) + kAfterwards, evidence.ended);
  for (const services::Event& event : evidence.events) {
    if (event.at >= since && event.at <= until) rows.push_back({event.at, event.source, event.node, event.text, 1});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.at < b.at; });
  rows = collapsed(rows);
  thin_out(rows);
  for (Row& row : rows) row.at -= evidence.began;
  return rows;
}

}  // namespace xconn::drill
