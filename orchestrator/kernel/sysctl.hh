// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace xconn::kernel {

/// Where a key is, below /proc/sys: as sysctl(8) reads it.
std::string sysctl_path(std::string key);

/// Writes into the namespace of the calling thread, which is `name` in errors: HostError where /proc/sys is read-only,
/// else KernelError.
void write_sysctl(const std::string& name, const std::string& path, const std::string& value);

}  // namespace xconn::kernel
