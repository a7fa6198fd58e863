// SPDX-License-Identifier: Apache-2.0
// Which processes descend from one, by /proc. One that ends meanwhile has none.
#pragma once

#include <vector>

namespace xconn::sys {

/// What its first thread has started.
std::vector<int> children_of(int pid);

/// Its children, theirs, and so on; not the process itself.
std::vector<int> descendants_of(int pid);

}  // namespace xconn::sys
