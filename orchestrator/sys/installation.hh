// SPDX-License-Identifier: Apache-2.0
// Where this program is, and what is installed with it: found from its own place, which is the same in a build tree,
// below a prefix, and wherever that was moved to.
#pragma once

#include <filesystem>

namespace xconn::sys {

/// The running program.
std::filesystem::path own_program();

/// The folder that it stands in, by the path that started it: the kernel's link shows an agent that came from a chroot
/// where nobody can look any more.
std::filesystem::path own_folder();

/// Crossconnect's own daemons and its topologies, seen from the folder of its programs. They need not be there.
std::filesystem::path libexec_below(const std::filesystem::path& bin);
std::filesystem::path share_below(const std::filesystem::path& bin);

}  // namespace xconn::sys
