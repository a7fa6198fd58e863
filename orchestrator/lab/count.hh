// SPDX-License-Identifier: Apache-2.0
// How many of something, for a line of progress.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>

namespace xconn::lab {

/// "1 node", "2 nodes"
inline std::string count_of(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace xconn::lab
