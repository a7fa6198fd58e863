// SPDX-License-Identifier: Apache-2.0
// Running a command inside a lab, as `xconn exec` and `xconn shell` do: in the agent's mount, pid, network, UTS and IPC
// namespaces, so that the user's own tools work there (ip netns exec, vtysh -N, swanctl), and die with the lab.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "world/guest.hh"

namespace xconn::world {

struct Command {
  std::string lab;
  std::optional<std::string> node;  ///< absent: the world itself
  std::vector<std::string> argv;
  bool is_shell = false;         ///< it gets the terminal for itself
  std::optional<Guest> guest{};  ///< who runs it; absent: we, who are root
};

/// Runs it with this process' terminal and waits. Returns its exit status, 128 + N when signal N ended it, 127 when
/// there is no such program. What a guest's command leaves running ends with it. Call from a single-threaded process
/// only. Throws NotFoundError for an unknown lab or node.
int run_inside(const Command& command);

}  // namespace xconn::world
