// SPDX-License-Identifier: Apache-2.0
#include "services/program.hh"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

#include "base/errors.hh"
#include "sys/installation.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

namespace fs = std::filesystem;

/// Debian's package of a program that is not ours.
const std::map<std::string, std::string, std::less<>> kPackages{
    {"zebra", "frr"},
    {"bgpd", "frr"},
    {"bfdd", "frr"},
    {"charon", "strongswan-charon"},
    {"swanctl", "strongswan-swanctl"},
    {"keepalived", "keepalived"},
};

bool is_program(const fs::path& path) { return ::access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path); }

/// Where packages of distributions have them.
constexpr std::array kSystemFolders{"/usr/libexec/crossconnect", "/usr/lib/crossconnect", "/usr/lib/frr",
                                    "/usr/libexec/frr",          "/usr/lib/ipsec",        "/usr/libexec/ipsec",
                                    "/usr/libexec/strongswan"};

std::vector<fs::path> folders() {
  std::vector<fs::path> out;
  if (const char* libexec = std::getenv("XCONN_LIBEXEC"); libexec != nullptr && *libexec != '\0')
    out.emplace_back(libexec);
  auto folder = sys::own_folder();
  out.insert(out.end(), {folder, sys::libexec_below(folder)});
  std::error_code ignored;
  for (; folder.has_relative_path(); folder = folder.parent_path())  // of a test's program
    if (fs::exists(folder / "CMakeCache.txt", ignored)) out.push_back(sys::libexec_below(folder / "bin"));
  out.insert(out.end(), kSystemFolders.begin(), kSystemFolders.end());
  return out;
}

std::string remedy(std::string_view name) {
  const auto found = kPackages.find(name);
  if (found != kPackages.end()) return "apt-get install " + found->second;
  return "set XCONN_LIBEXEC to the folder that holds " + std::string(name);
}

}  // namespace

std::string program(std::string_view name) {
  for (const auto& folder : folders())
    if (const auto path = folder / name; is_program(path)) return path.lexically_normal();
  if (const auto path = sys::find_program(std::string(name))) return *path;
  throw HostError("the program " + std::string(name) + " is not here", remedy(name));
}

}  // namespace xconn::services
