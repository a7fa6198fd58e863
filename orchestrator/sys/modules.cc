// SPDX-License-Identifier: Apache-2.0
#include "sys/modules.hh"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "base/join.hh"

namespace xconn::sys {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// How the kernel says that it has no such kind (rtnetlink.c, sch_api.c, cls_api.c, nfnetlink.c, af_netlink.c).
const std::vector<int> kUnknown{EOPNOTSUPP, EAFNOSUPPORT, EPROTONOSUPPORT};
const std::vector<int> kUnknownToTc{EOPNOTSUPP, ENOENT};
const std::vector<int> kNoDevice{ENOENT, ENODEV, ENXIO};

struct Part {
  const char* feature;
  Words operations;  ///< of the KernelErrors that mean it, or how they begin
  const std::vector<int>& errors;
  Words modules;
};

const Part kParts[] = {
    {"veth", {"add veth"}, kUnknown, {"veth"}},
    {"bridge", {"add bridge"}, kUnknown, {"bridge"}},
    {"vlan", {"add vlan"}, kUnknown, {"8021q"}},
    {"clsact", {"add clsact"}, kUnknownToTc, {"sch_ingress"}},
    {"cls_bpf", {"attach eBPF program"}, kUnknownToTc, {"cls_bpf"}},
    {"tbf", {"set token bucket"}, kUnknownToTc, {"sch_tbf"}},
    {"tun", {"open /dev/net/tun", "make tun", "make tap"}, kNoDevice, {"tun"}},
    // ENOENT is also what a rule gets that names a table which is not there.
    {"nftables",
     {"apply nftables"},
     kUnknown,
     {"nf_tables", "nft_ct", "nft_nat", "nft_hash", "nft_numgen", "nft_fib_ipv4"}},
};

const Part* part_of(const KernelError& refusal) {
  const auto text = refusal.operation() + " " + refusal.object();
  for (const auto& part : kParts)
    if (std::ranges::count(part.errors, refusal.error_number()) > 0)
      for (const auto& operation : part.operations)
        if (text.starts_with(operation)) return &part;
  return nullptr;
}

const Part& part_named(const std::string& feature) {
  for (const auto& part : kParts)
    if (part.feature == feature) return part;
  throw std::logic_error("no feature of the kernel is called " + feature);
}

std::string distribution() {
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("ID=")) return line.substr(3);
  return {};
}

/// systemd and most engines say so in a file or in the environment of pid 1; none of them shares /lib/modules.
bool is_container() {
  for (const auto* mark : {"/run/systemd/container", "/.dockerenv", "/run/.containerenv"})
    if (::access(mark, F_OK) == 0) return true;
  std::ifstream environment("/proc/1/environ");
  for (std::string variable; std::getline(environment, variable, '\0');)
    if (variable.starts_with("container=")) return true;
  return false;
}

bool loads_modules() {
  std::ifstream disabled("/proc/sys/kernel/modules_disabled");
  return ::access("/proc/modules", F_OK) == 0 && disabled.get() != '1';
}

/// Names in the lists that depmod makes, with '_' for '-' as modprobe reads them.
std::set<std::string> modules_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto* list : {"/modules.dep", "/modules.builtin"}) {
    std::ifstream file(folder + list);
    for (std::string line; std::getline(file, line);) {
      auto name = fs::path(line.substr(0, line.find(':'))).filename().string();
      name.erase(std::min(name.find(".ko"), name.size()));
      std::ranges::replace(name, '-', '_');
      names.insert(name);
    }
  }
  return names;
}

ModuleHost this_host(const Words& modules) {
  utsname kernel{};
  ::uname(&kernel);
  ModuleHost host{.is_container = is_container(),
                  .loads = loads_modules(),
                  .release = kernel.release,
                  .distribution = distribution(),
                  .has_folder = false,
                  .absent = {}};
  const auto folder = "/lib/modules/" + host.release;
  std::error_code unreadable;
  host.has_folder = fs::is_directory(folder, unreadable);
  const auto known = modules_in(folder);
  std::ranges::copy_if(modules, std::back_inserter(host.absent),
                       [&](const auto& name) { return !known.contains(name); });
  return host;
}

std::string package_line(const ModuleHost& host) {
  if (host.distribution == "ubuntu") return "apt-get install linux-modules-extra-" + host.release;
  if (host.distribution == "debian" && host.release.find("-cloud-") != std::string::npos)
    return "apt-get install linux-image-amd64, then boot it: the cloud kernel has no " + join(host.absent, " ");
  return "install the package of kernel " + host.release + " that has the modules " + join(host.absent, " ");
}

}  // namespace

std::string module_remedy(const std::vector<std::string>& modules, const ModuleHost& host) {
  const auto line = (modules.size() > 1 ? "modprobe -a " : "modprobe ") + join(modules, " ");
  if (!host.loads) return "boot a kernel that has " + join(modules, " ") + ": " + host.release + " takes no modules";
  if (host.is_container) return "on the container's host: " + line;
  if (!host.has_folder)
    return line + "; there is no /lib/modules/" + host.release + " here: in a chroot or a container, on its host";
  return host.absent.empty() ? line : package_line(host) + "; " + line;
}

std::string module_remedy(const std::string& feature) {
  const auto& modules = part_named(feature).modules;
  return module_remedy(modules, this_host(modules));
}

std::string tun_remedy() {
  const bool kernel_has_it = ::access("/sys/class/misc/tun", F_OK) == 0;
  return (kernel_has_it ? std::string("mkdir -p /dev/net; mknod /dev/net/tun c 10 200") : module_remedy("tun")) +
         "; in a container --device /dev/net/tun";
}

std::exception_ptr explained(const KernelError& refusal) {
  if (const auto* part = part_of(refusal))
    return std::make_exception_ptr(HostError(refusal.what(), module_remedy(part->modules, this_host(part->modules))));
  return std::make_exception_ptr(refusal);
}

void throw_explained(const KernelError& refusal) { std::rethrow_exception(explained(refusal)); }

}  // namespace xconn::sys
