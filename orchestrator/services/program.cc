#include "services/program.hh"

#include <unistd.h>

#include <array>
#include <cerrno>
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

/// Where packages of distributions have them.
constexpr std::array kSystemFolders{"/usr/libexec/crossconnect", "/usr/lib/crossconnect", "/usr/lib/frr",
                                    "/usr/libexec/frr",          "/usr/lib/ipsec",        "/usr/libexec/ipsec",
                                    "/usr/libexec/strongswan"};

/// By the path that started it: the kernel's link shows an agent that came from a chroot where nobody can look any
/// more.
fs::path own_folder() {
  std::error_code ignored;
  const fs::path invoked = program_invocation_name;
  const auto path = invoked.is_absolute() ? fs::canonical(invoked, ignored) : fs::path();
  return (path.empty() ? fs::read_symlink("/proc/self/exe", ignored) : path).parent_path();
}

std::vector<fs::path> folders() {
  std::vector<fs::path> out;
  if (const char* libexec = std::getenv("XCONN_LIBEXEC"); libexec != nullptr && *libexec != '\0')
    out.emplace_back(libexec);
  auto folder = own_folder();
  out.insert(out.end(), {folder, folder / "../libexec/crossconnect", folder / "../lib/crossconnect"});
  std::error_code ignored;
  for (int depth = 0; depth < 5 && folder.has_relative_path(); ++depth, folder = folder.parent_path())
    if (fs::exists(folder / "CMakeCache.txt", ignored))
      for (const auto* daemon : kBuildFolders) out.push_back(folder / daemon);
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
