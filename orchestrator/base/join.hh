// SPDX-License-Identifier: Apache-2.0
// Lists in sentences. Header-only and without fmt, for the rooms that have no more than base/.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace xconn {

/// "a, b": the items, or what `word` makes of each, with `between` between two.
template <class Items, class Word = std::identity>
std::string join(const Items& items, std::string_view between = ", ", Word word = {}) {
  std::string text;
  bool is_first = true;
  for (const auto& item : items) {
    if (!is_first) text += between;
    text += std::invoke(word, item);
    is_first = false;
  }
  return text;
}

}  // namespace xconn
