// SPDX-License-Identifier: Apache-2.0
// Somebody who may work in some nodes of a lab, and is nobody on the host: a student, while root runs the lab
// (docs/decisions/0017-the-door-of-an-exam.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sys/user.hh"

namespace xconn::world {

struct Guest {
  std::string user;
  std::vector<std::string> nodes;  ///< whose files and daemons it sees
};

/// The account of a guest: the user's name, with a uid and gid that nobody on the host has, in no group but that of
/// vtysh. Look it up before the world is entered. Throws HostError when there is no such user, Error for root.
sys::User account_of(const Guest& guest);

/// A guest may change any network of which it holds a descriptor, so it gets none from outside: throws Error unless
/// standard input, output and error are terminals, pipes or /dev/null.
void demand_plain_standard();

/// In a lab's world, in the first process of a pid namespace below it: /proc shows that namespace only, /run the nodes'
/// folders and the sockets of their routers, of the host only the system's folders are there, and nothing can be
/// written but /tmp and the node's own network settings. `folder` is the lab's run folder. Throws KernelError.
void show_only(const Guest& guest, const sys::User& account, const std::filesystem::path& folder);

/// What comes next in this process is the guest's: its identity, and the capabilities of a network engineer in a node.
void become(const sys::User& account);

}  // namespace xconn::world
