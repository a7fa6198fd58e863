// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.hh"

namespace xconn::datapath {

/// A program that labs start, and the Debian package that has it.
struct ProgramRow {
  std::string name;                ///< "program:frr"
  std::vector<std::string> files;  ///< all must be there: a path, or a name searched in PATH
  std::string package;
  const Releases* releases = nullptr;  ///< those that can be used, as the first file says of itself; nullptr: any
};

const std::vector<ProgramRow>& programs();

/// Where the first that is missing was looked for; nullopt when all are there.
std::optional<std::string> missing_file(const std::vector<std::string>& files);

/// Why the release that is there cannot be used; nullopt when it can. Throws what sys::run throws, HostError with the
/// line that brings the package.
std::optional<std::string> unknown_release(const ProgramRow& row);

}  // namespace xconn::datapath
