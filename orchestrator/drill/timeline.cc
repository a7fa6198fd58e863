#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "drill/evidence.hh"

namespace xconn::drill {
namespace {

using probes::Way;

constexpr Duration kSampled = std::chrono::milliseconds{50};  // by then a probe of the new path has been traced

constexpr int kWorthTelling = 5;  // a gap shorter than a fifth of the flow's longest is noise beside it

// The lower, the sooner it is left out when there is too much to tell.
int weight_of_source(const std::string& source) {
  static const std::map<std::string, int> kWeights{{"fault", 99}, {"flow", 99}, {"exec", 99}, {"sdwan", 8}, {"bfd", 7},
                                                   {"ha", 6},     {"ike", 5},   {"bgp", 4},   {"lb", 3},    {"fib", 2}};
  const auto found = kWeights.find(source);
  return found == kWeights.end() ? 1 : found->second;
}

// Not what was before the first fault, and not what the host's own stalls explain.
bool worth_telling(const Evidence& evidence, const Witness& witness, const probes::Gap& gap) {
  return gap.end >= evidence.first_fault.value_or(evidence.began) &&
         gap.outage * kWorthTelling >= witness.measured.outage &&
         gap.outage > evidence.host.during({gap.start, gap.end});
}

void add_direction(const Evidence& evidence, const FlowEvidence& flow, Way way, std::vector<Row>& rows) {
  const Witness& witness = flow.witness(way);
  const std::string name = flow.spec.name + (way == Way::kForward ? " forward" : " reverse");
  for (const probes::Gap& gap : witness.measured.gaps) {
    if (!worth_telling(evidence, witness, gap)) continue;
    rows.push_back({gap.start, "flow", name, "last packet", 1});
    if (gap.open) continue;
    const auto path = evidence.path_at(flow, way, gap.end + kSampled);
    const std::string change = change_of(evidence.path_at(flow, way, gap.start), path);
    const std::string where = change.empty() ? "" : " on the new path (" + change + ")";
    rows.push_back({gap.end, "flow", name, fmt::format("first packet{} after {}", where, readable(gap.outage)), 1});
  }
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

// What each source of each node said first is the chain from cause to effect; what it said later is detail.
std::vector<int> weights(const std::vector<Row>& rows) {
  constexpr int kFirst = 50;
  std::set<std::pair<std::string, std::string>> spoken;
  std::vector<int> result;
  for (const Row& row : rows) {
    const int weight = weight_of_source(row.source);
    const bool first = weight > 1 && spoken.emplace(row.source, row.node).second;
    result.push_back(std::min(weight + (first ? kFirst : 0), 99));
  }
  return result;
}

// The least important one goes first, of equals the latest.
void thin_out(std::vector<Row>& rows) {
  auto weight = weights(rows);
  while (rows.size() > kMostRows) {
    const auto least = std::min_element(weight.rbegin(), weight.rend()).base() - 1;
    rows.erase(rows.begin() + (least - weight.begin()));
    weight.erase(least);
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
  for (const services::Event& event : evidence.events) {
    if (event.at >= since && event.at <= evidence.ended)
      rows.push_back({event.at, event.source, event.node, event.text, 1, stamped_late(event, evidence.host)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.at < b.at; });
  rows = collapsed(rows);
  thin_out(rows);
  for (Row& row : rows) row.at -= evidence.began;
  return rows;
}

}  // namespace xconn::drill
