// SPDX-License-Identifier: Apache-2.0
#include "services/needs.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>

#include "base/errors.hh"
#include "base/version.hh"
#include "services/program.hh"
#include "sys/fd.hh"
#include "sys/modules.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr const char* kPlugins = "/usr/lib/ipsec/plugins";
constexpr const char* kTun = "/dev/net/tun";

struct Plugin {
  const char* name;
  const char* package;
};

/// Those of charon's plugins that no other can replace.
constexpr Plugin kCharonPlugins[] = {
    {"kernel-libipsec", "libcharon-extra-plugins"},
    {"kernel-netlink", "libstrongswan"},
    {"socket-default", "strongswan-libcharon"},
    {"vici", "strongswan-swanctl"},
    {"openssl", "libstrongswan-standard-plugins"},
    {"kdf", "libstrongswan"},
    {"nonce", "libstrongswan"},
};

void demand_plugin(const Plugin& plugin) {
  const auto file = fmt::format("{}/libstrongswan-{}.so", kPlugins, plugin.name);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    throw HostError(fmt::format("charon's plugin {} is not here ({})", plugin.name, file),
                    std::string("apt-get install ") + plugin.package);
}

/// The device of that number, and that it may be opened: in a container it may be neither.
void demand_tun() {
  constexpr unsigned kMisc = 10, kNumber = 200;
  struct stat seen {};
  const bool is_there = ::stat(kTun, &seen) == 0 && S_ISCHR(seen.st_mode) && seen.st_rdev == makedev(kMisc, kNumber);
  if (!is_there) errno = ENODEV;
  if (is_there && sys::Fd{::open(kTun, O_RDWR | O_CLOEXEC)}) return;
  const std::string why = std::strerror(errno);
  throw HostError(fmt::format("IPsec in user space needs {} ({})", kTun, why), sys::tun_remedy());
}

void demand_strongswan() {
  for (const auto* name : {"charon", "swanctl"}) program(name);
  for (const auto& plugin : kCharonPlugins) demand_plugin(plugin);
  demand_tun();
}

/// All of its daemons are of one release.
void demand_frr_release() {
  if (const auto problem = unknown_release(kFrr, sys::run({program("zebra"), "--version"}).out))
    throw HostError(*problem, kFrr.remedy);
}

struct Row {
  const char* kind;
  void (*demand)();
};

/// Crossconnect's own daemons are not here: they are installed with xconn, which starts them by their place.
constexpr Row kRows[] = {
    {"frr", demand_frr_release},
    {"strongswan", demand_strongswan},
    {"keepalived", [] { program("keepalived"); }},
};

}  // namespace

void demand_needs(const plan::Plan& plan) {
  std::set<std::string> kinds, frr;
  for (const auto& node : plan.nodes)
    for (const auto& service : node.services) {
      kinds.insert(service.kind);
      if (service.kind == "frr") frr.insert(service.name);
    }
  for (const auto& name : frr) program(name);
  for (const auto& row : kRows)
    if (kinds.contains(row.kind)) row.demand();
}

}  // namespace xconn::services
