// SPDX-License-Identifier: Apache-2.0
// Inside kernel/ only: /proc/sys as cheap for the last of many namespaces as for the first.
#pragma once

#include <string>

namespace xconn::kernel {

/// Writes below /proc/sys, in the namespace of the calling thread. Throws KernelError.
///
/// Each namespace has a folder "net/ipv4" of its own there, and in the kernel's cache of names all of them are in one
/// list: with a thousand namespaces a look-up takes a millisecond. So a thread mounts, nowhere, a proc of its own, and
/// another one before that list is long.
void write_in_view(const std::string& path, const std::string& value);

}  // namespace xconn::kernel
