// SPDX-License-Identifier: Apache-2.0
#include "kernel/late_routes.hh"

#include <algorithm>
#include <utility>

namespace xconn::kernel {

LateRoutes::LateRoutes(std::vector<std::string> interfaces, Duration delay)
    : interfaces_(std::move(interfaces)), delay_(delay) {}

bool LateRoutes::loses(const Route& before, const Routes& current) const {
  const auto now = current.find(before.to);
  return std::ranges::any_of(before.next_hops, [&](const NextHop& hop) {
    return std::ranges::count(interfaces_, hop.interface) > 0 &&
           (now == current.end() || std::ranges::count(now->second.next_hops, hop) == 0);
  });
}

Routes LateRoutes::settled(Routes current, std::chrono::nanoseconds now) {
  if (interfaces_.empty()) return current;
  std::map<Prefix, std::chrono::nanoseconds> due;
  for (const auto& [prefix, before] : last_) {
    if (!loses(before, current)) continue;
    const auto known = due_.find(prefix);
    const auto when = known == due_.end() ? now + delay_ : known->second;
    if (when <= now) continue;
    due.emplace(prefix, when);
    current.insert_or_assign(prefix, before);
  }
  due_ = std::move(due);
  last_ = current;
  return current;
}

std::optional<Duration> LateRoutes::next_due(std::chrono::nanoseconds now) const {
  if (due_.empty()) return std::nullopt;
  const auto first = std::ranges::min_element(due_, {}, [](const auto& item) { return item.second; });
  return first->second - now;
}

}  // namespace xconn::kernel
