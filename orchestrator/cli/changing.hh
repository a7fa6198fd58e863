// SPDX-License-Identifier: Apache-2.0
// Applying another topology to a lab that is up, and saying what changed.
#pragma once

#include <string>

#include "base/duration.hh"
#include "nodes/make_plan.hh"

namespace xconn::cli {

class Session;

struct ChangeOptions {
  bool dry_run = false;
  Duration bound{std::chrono::seconds{90}};
};

/// Makes the running lab of `chosen`'s name what `chosen` says; with `dry_run` only prints what that would change.
/// Returns the exit code.
int change_lab(const nodes::Planned& chosen, const ChangeOptions& options, const Session& session);

}  // namespace xconn::cli
