// SPDX-License-Identifier: Apache-2.0
// The host's files as the programs of a lab see them.
#pragma once

#include <string>
#include <vector>

#include "sys/fd.hh"

namespace xconn::sys {

/// From now on this process has mounts of its own, which hear of those it had and tell of none. Call it from a process
/// of one thread. Throws KernelError.
void leave_mounts();

/// Leaves them for a moment: whether this host lets a lab have mounts of its own. Throws KernelError.
void try_to_leave_mounts();

/// Afterwards (leave_mounts) all files are read-only but those below `writable`, and /dev has only what make_view says.
void narrow_mounts(const std::vector<std::string>& writable);

/// A mount namespace like ours in which all files are read-only but those below `writable`, and /dev has only what no
/// program can do without (null, zero, full, random, urandom, tty, net/tun, pts and shm). What is mounted later is in
/// it where our mounts are shared; nothing of it is seen by us. Call it from a process of one thread. Throws
/// KernelError where the host refuses a part of it.
Fd make_view(const std::vector<std::string>& writable);

}  // namespace xconn::sys
