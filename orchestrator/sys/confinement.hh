// SPDX-License-Identifier: Apache-2.0
// Inside sys/ only: what confine_children() asked for, and the child's part of it.
#pragma once

#include <optional>

#include "sys/confine.hh"

namespace xconn::sys {

/// nullptr until confine_children() was called.
const Fd* children_view();

/// Called in the child, just before exec. False, with errno, when the kernel refuses. A host that lets nobody drop
/// capabilities is no failure.
bool give_up_all_but(Capabilities wanted);

}  // namespace xconn::sys
