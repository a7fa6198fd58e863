// SPDX-License-Identifier: Apache-2.0
// AppArmor confines programs by their path, with profiles that their packages bring: charon may read /etc/swanctl and
// not a lab's run folder. See docs/decisions/0011-apparmor.md.
#pragma once

namespace xconn::sys {

/// What this thread executes next runs without a profile, as long as this thread has none. Where there is no AppArmor,
/// or we are confined ourselves (a container's profile, which children inherit whatever their path), nothing happens.
/// Async-signal-safe: for a child between fork and exec.
void execute_unconfined() noexcept;

}  // namespace xconn::sys
