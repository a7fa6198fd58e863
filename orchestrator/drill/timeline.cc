// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "drill/evidence.hh"

namespace xconn::drill {
namespace {

using probes::Way;

constexpr Duration kSampled = std::chrono::milliseconds{50};  // by then a probe of the new path has been traced

constexpr int kWorthTelling = 5;  // a gap shorter than a fifth of the flow's longest is noise beside it
constexpr std::size_t kMostGaps = 3;

/// Of one direction of a flow.
struct Rows {
  std::string flow;
  std::vector<Row>& rows;
};

// Not what was before the first fault, and not what the host's own stalls explain.
bool worth_telling(const Evidence& evidence, const Witness& witness, const probes::Gap& gap) {
  return gap.end >= evidence.first_fault.value_or(evidence.began) &&
         gap.outage * kWorthTelling >= witness.measured.outage &&
         gap.outage > evidence.host.during({gap.start, gap.end});
}

std::vector<probes::Gap> gaps_to_tell(const Evidence& evidence, const Witness& witness) {
  std::vector<probes::Gap> result;
  std::ranges::copy_if(witness.measured.gaps, std::back_inserter(result),
                       [&](const probes::Gap& gap) { return worth_telling(evidence, witness, gap); });
  return result;
}

// The longest are told one by one; of the others as many as there are, and how long.
Row folded(const std::vector<probes::Gap>& gaps, const std::string& flow) {
  const auto [shortest, longest] = std::ranges::minmax(gaps, {}, &probes::Gap::outage);
  return {gaps.front().start, "flow", flow,
          fmt::format("{} shorter gaps of {} to {}, the last until {} later", gaps.size(), readable(shortest.outage),
                      readable(longest.outage), readable(gaps.back().end - gaps.front().start))};
}

/// "; those after it got as far as provider:msee1" : the last place of most probes that the silence has swallowed.
std::string as_far_as(const Evidence& evidence, const FlowEvidence& flow, Way way, const probes::Gap& gap) {
  if (!evidence.sightings) return {};
  const auto& receiver = way == Way::kForward ? flow.to_node : flow.from_node;
  const auto places = evidence.sightings->lost_at(flow.spec.id, way, receiver, {gap.start, gap.end});
  const auto most = std::ranges::max_element(places, {}, [](const auto& place) { return place.second; });
  return most == places.end() ? "" : "; those after it got as far as " + most->first;
}

void add_gap(const Evidence& evidence, const FlowEvidence& flow, Way way, const probes::Gap& gap, Rows& out) {
  out.rows.push_back({gap.start, "flow", out.flow, "last packet" + as_far_as(evidence, flow, way, gap)});
  if (gap.open) return;
  const auto path = evidence.path_at(flow, way, gap.end + kSampled);
  const std::string change = change_of(evidence.path_at(flow, way, gap.start), path);
  const std::string where = change.empty() ? "" : " on the new path (" + change + ")";
  out.rows.push_back({gap.end, "flow", out.flow, fmt::format("first packet{} after {}", where, readable(gap.outage))});
}

void add_direction(const Evidence& evidence, const FlowEvidence& flow, Way way, std::vector<Row>& rows) {
  Rows out{flow.spec.name + (way == Way::kForward ? " forward" : " reverse"), rows};
  auto gaps = gaps_to_tell(evidence, flow.witness(way));
  std::ranges::stable_sort(gaps, std::ranges::greater{}, &probes::Gap::outage);
  const auto told = std::min(gaps.size(), kMostGaps);
  for (std::size_t i = 0; i < told; ++i) add_gap(evidence, flow, way, gaps[i], out);
  gaps.erase(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(told));
  std::ranges::sort(gaps, {}, &probes::Gap::start);
  if (!gaps.empty()) rows.push_back(folded(gaps, out.flow));
}

// What a speaker says again and again is one row.
std::vector<Row> collapsed(const std::vector<Row>& rows) {
  std::vector<Row> result;
  std::map<std::pair<std::string, std::string>, std::size_t> last;
  for (const Row& row : rows) {
    const auto [same, first] = last.try_emplace({row.source, row.node}, result.size());
    if (!first && result[same->second].text == row.text) {
      result[same->second].times += row.times;
      continue;
    }
    same->second = result.size();
    result.push_back(row);
  }
  return result;
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
  for (Row& row : rows) row.at -= evidence.began;
  return rows;
}

}  // namespace xconn::drill
