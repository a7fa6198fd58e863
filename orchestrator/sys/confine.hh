// SPDX-License-Identifier: Apache-2.0
// What the programs that we start may do to the host: see its files, not write them; hold what capabilities they need.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "sys/fd.hh"

namespace xconn::sys {

/// Bit N is capability N of linux/capability.h.
using Capabilities = std::uint64_t;
Capabilities capabilities(std::initializer_list<int> numbers);

/// From now on every child starts in `view` (view.hh; ours when it is empty) with no more than its capabilities
/// (ProcessSpec) in reach, and gets no others by what it executes.
void confine_children(Fd view);

}  // namespace xconn::sys
