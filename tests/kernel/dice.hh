// SPDX-License-Identifier: Apache-2.0
// Seeded choices, the same for a seed everywhere.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

namespace xconn::testing_support {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  bool maybe() { return below(2) == 0; }
  template <class T>
  T one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  template <class T>
  std::vector<T> some_of(std::vector<T> all) {
    std::shuffle(all.begin(), all.end(), engine_);
    all.erase(all.begin() + below(static_cast<int>(all.size()) + 1), all.end());
    return all;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace xconn::testing_support
