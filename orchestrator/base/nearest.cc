// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.hh"

#include <algorithm>

namespace xconn {
namespace {

// Distance of Levenshtein, two rows.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongest = 64;
  if (word.empty() || word.size() > kLongest) return {};
  std::string_view best;
  auto nearest = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongest) continue;
    const auto far = distance(word, candidate);
    if (far >= nearest || far >= candidate.size()) continue;
    nearest = far;
    best = candidate;
  }
  constexpr std::size_t kTelling = 3;
  for (const auto candidate : candidates)
    if (best.empty() && word.size() >= kTelling && candidate.starts_with(word)) best = candidate;
  return best.empty() ? std::string{} : std::string("did you mean '").append(best).append("'");
}

}  // namespace xconn
