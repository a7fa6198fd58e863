// SPDX-License-Identifier: Apache-2.0
// What the programs that we start may do to the host: see its files, not write them; hold what capabilities they need.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "sys/fd.hh"
#include "sys/user.hh"

namespace xconn::sys {

/// Bit N is capability N of linux/capability.h.
using Capabilities = std::uint64_t;
Capabilities capabilities(std::initializer_list<int> numbers);

/// From now on every child starts in `view` (view.hh; ours when it is empty) with no more than its capabilities
/// (ProcessSpec) in reach, and gets no others by what it executes.
void confine_children(Fd view);

/// This process becomes that user's, whose programs hold `kept` and can never hold more; they may not mount, trace or
/// enter namespaces. Throws KernelError, and nothing may be executed then.
void become(const User& user, Capabilities kept);

}  // namespace xconn::sys
