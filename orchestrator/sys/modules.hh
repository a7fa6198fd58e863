// SPDX-License-Identifier: Apache-2.0
// What labs need of the kernel beyond what every kernel has, and the line that brings it. Where a module is missing the
// kernel says "Operation not supported", or that a kind is unknown; nobody but this table may have to know what of.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.hh"

namespace xconn::sys {

/// Of the kernel that runs, what decides how a module is had.
struct ModuleHost {
  bool is_container = false;  ///< modules are loaded on its host
  bool loads = true;          ///< the kernel takes modules at all
  std::string release;        ///< uname -r
  std::string distribution;   ///< ID of os-release: "debian", "ubuntu"
  bool has_folder = true;     ///< /lib/modules/RELEASE is there
  /// Of the modules asked for, those that are not in that folder: their package is missing.
  std::vector<std::string> absent;
};

/// The line for modules of that host. Pure.
std::string module_remedy(const std::vector<std::string>& modules, const ModuleHost& host);

/// The same, for this host. A feature is "veth", "tun", "bridge", "clsact", "cls_bpf", "tbf", "nftables" or
/// "vlan".
std::string module_remedy(const std::string& feature);

/// What brings /dev/net/tun to this host, whose kernel may have it already.
std::string tun_remedy();

/// The refusal itself; or, where it means that the kernel lacks a module, a HostError with the line that brings it.
std::exception_ptr explained(const KernelError& refusal);

/// Throws what explained() says.
[[noreturn]] void throw_explained(const KernelError& refusal);

}  // namespace xconn::sys
