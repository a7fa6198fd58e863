#include "services/program.hh"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

#include "base/errors.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

namespace fs = std::filesystem;

/// Debian's package of a program that is not ours.
const std::map<std::string, std::string, std::less<>> kPackages{
    {"zebra", "frr"},
    {"bgpd", "frr"},
    {"bfdd", "frr"},
    {"staticd", "frr"},
    {"charon", "strongswan-charon"},
    {"swanctl", "strongswan-swanctl"},
    {"keepalived", "keepalived"},
};

/// Our daemons' folders below the root of a build tree.
constexpr std::array kBuildFolders{"nodes/edge/daemon",
                                   "nodes/edge",
                                   "nodes/load-balancer/daemon",
                                   "nodes/load-balancer",
                                   "nodes/encryption-gateway/daemon",
                                   "nodes/host/daemon",
                                   "nodes/host"};

bool is_program(const fs::path& path) { return ::access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path); }

std::vector<fs::path> folders() {
  std::vector<fs::path> out;
  if (const char* libexec = std::getenv("XCONN_LIBEXEC")) out.emplace_back(libexec);
  std::error_code ignored;
  auto folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  out.push_back(folder);
  for (int depth = 0; depth < 5 && folder.has_relative_path(); ++depth, folder = folder.parent_path())
    if (fs::exists(folder / "CMakeCache.txt", ignored))
      for (const auto* daemon : kBuildFolders) out.push_back(folder / daemon);
  for (const auto* place : {"/usr/lib/crossconnect", "/usr/lib/frr", "/usr/lib/ipsec"}) out.emplace_back(place);
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
    if (const auto path = folder / name; is_program(path)) return path;
  if (const auto path = sys::find_program(std::string(name))) return *path;
  throw HostError("the program " + std::string(name) + " is not here", remedy(name));
}

}  // namespace xconn::services
