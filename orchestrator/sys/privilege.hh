// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace xconn::sys {

/// Throws HostError unless this process has every capability that a lab's agent and daemons need (docs/containers.md);
/// it names those that are not there, what each is for, and what gives it.
void demand_privileges(const std::string& command = "xconn ...");

/// What gives this process the privileges that it was refused: to be root, or, of root in a container that has taken
/// them away, the container's own options. `command` is what to run: "xconn up ...".
std::string privilege_remedy(const std::string& command = "xconn ...");

/// What helps where the kernel refused something to root by `error_number`, or empty where that is no matter of
/// privileges. AppArmor refuses with EACCES what capabilities and seccomp refuse with EPERM.
std::string refusal_remedy(int error_number);

}  // namespace xconn::sys
