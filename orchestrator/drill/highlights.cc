// SPDX-License-Identifier: Apache-2.0
#include "drill/highlights.hh"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace xconn::drill {
namespace {

using Speaker = std::pair<std::string, std::string>;  // source and node

constexpr int kCause = 99;
constexpr int kFirst = 50;  // the chain from cause to effect; what a speaker says later is detail
constexpr int kDetail = 2;

// The lower, the sooner it is left out when there is too much to tell.
int weight_of_source(const std::string& source) {
  static const std::map<std::string, int> kWeights{
      {"fault", kCause}, {"change", kCause}, {"exec", kCause}, {"service", kCause}, {"flow", 60},
      {"sdwan", 8},      {"bfd", 7},         {"ha", 6},        {"ike", 5},          {"tcp-md5", 5},
      {"arp", 5},        {"bgp", 4},         {"lb", 3},        {"fib", kDetail}};
  const auto found = kWeights.find(source);
  return found == kWeights.end() ? 1 : found->second;
}

/// One of the many things that a change of the lab amounts to (plan::to_string(Change)), and not the change itself.
bool is_part_of_change(const Row& row) {
  return row.source == "change" &&
         (row.text.starts_with("+ ") || row.text.starts_with("- ") || row.text.starts_with("~ "));
}

int weight_of(const Row& row) { return is_part_of_change(row) ? kDetail : weight_of_source(row.source); }

std::vector<int> weights(const std::vector<Row>& rows) {
  std::set<Speaker> spoken;
  std::vector<int> result;
  for (const Row& row : rows) {
    const int weight = weight_of(row);
    const bool first = weight > 1 && spoken.emplace(row.source, row.node).second;
    result.push_back(std::min(weight + (first ? kFirst : 0), kCause));
  }
  return result;
}

// Which rows are kept: of equals the earlier.
std::vector<bool> kept(const std::vector<Row>& rows) {
  const auto weight = weights(rows);
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t row) { return weight[row]; });
  std::vector<bool> result(rows.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    result[order[rank]] = rank < kMostRows || weight[order[rank]] == kCause;
  return result;
}

Row left_out(Duration at, int rows) {
  return {at, "more", "", fmt::format("{} events are left out; the report as JSON has all", rows)};
}

}  // namespace

std::vector<Row> highlights(const std::vector<Row>& timeline) {
  const auto keep = kept(timeline);
  std::vector<Row> result;
  std::map<Speaker, std::size_t> last;
  int nowhere = 0;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const Speaker speaker{timeline[i].source, timeline[i].node};
    if (keep[i]) {
      last[speaker] = result.size();
      result.push_back(timeline[i]);
    } else if (const auto before = last.find(speaker); before != last.end()) {
      result[before->second].more += timeline[i].times;
    } else {
      nowhere += timeline[i].times;
    }
  }
  if (nowhere > 0) result.push_back(left_out(timeline.back().at, nowhere));
  return result;
}

}  // namespace xconn::drill
