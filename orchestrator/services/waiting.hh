// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sys/join.hh"
#include "sys/loop.hh"

namespace xconn::services {

/// Somebody who wants to know that a change is in force, but not for ever.
struct Waiting {
  sys::Pending pending;
  sys::Timer patience;
};

/// After 10 s it is told that `who` does not answer, and waits no longer.
std::shared_ptr<Waiting> waiting(sys::Loop& loop, const sys::Pending& pending, const std::string& who);

}  // namespace xconn::services
