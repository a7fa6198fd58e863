// SPDX-License-Identifier: Apache-2.0
// What a host has run out of, when that is why the kernel refused: descriptors, space, memory, processes, namespaces.
#pragma once

#include <optional>

#include "base/errors.hh"

namespace xconn::sys {

/// What ran out and the line that gives more of it; nothing where the refusal has another reason.
std::optional<HostError> exhausted(const KernelError& error);

}  // namespace xconn::sys
