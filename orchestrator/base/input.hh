// SPDX-License-Identifier: Apache-2.0
// Reading what a file names: `extends`, `files`, a drill's topology, an import. Whoever wrote the name may not be
// whoever runs xconn, so a device is not opened, nothing waits, and no more is read than was there.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

namespace xconn {

/// Why a file is not read, as a finding says it.
struct Unreadable {
  std::string rule, remedy;
};

/// The whole of a regular file of at most `limit` bytes. What has no size of its own (all of /proc) counts as empty.
std::variant<std::string, Unreadable> read_input(const std::string& path, std::size_t limit);

/// The same of what is read from a descriptor until its end, a pipe as well: standard input.
std::variant<std::string, Unreadable> read_input(int descriptor, std::size_t limit);

}  // namespace xconn
