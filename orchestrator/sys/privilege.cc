// SPDX-License-Identifier: Apache-2.0
#include "sys/privilege.hh"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "base/errors.hh"
#include "sys/file.hh"

namespace xconn::sys {
namespace {

struct Privilege {
  int number;
  const char* name;
  const char* purpose;
};

/// What labs do that others may not, each seen to be needed by taking it away (tests/packages/test_image.py). BPF and
/// PERFMON are not here: SYS_ADMIN stands for them.
constexpr Privilege kPrivileges[] = {
    {CAP_SYS_ADMIN, "SYS_ADMIN", "namespaces, mounts and eBPF programs"},
    {CAP_NET_ADMIN, "NET_ADMIN", "links, addresses, routes and rules in them"},
    {CAP_NET_RAW, "NET_RAW", "FRR, captures and ping"},
    {CAP_NET_BIND_SERVICE, "NET_BIND_SERVICE", "BGP, IKE and echo on their own ports"},
    {CAP_SYS_CHROOT, "SYS_CHROOT", "entering a lab that is up"},
    {CAP_CHOWN, "CHOWN", "folders of daemons that give up root"},
    {CAP_DAC_OVERRIDE, "DAC_OVERRIDE", "root's files in those folders"},
    {CAP_SETUID, "SETUID", "daemons that give up root"},
    {CAP_SETGID, "SETGID", "daemons that give up root"},
};

std::vector<Privilege> missing() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  ::syscall(SYS_capget, &header, data);
  std::vector<Privilege> out;
  for (const auto& each : kPrivileges)
    if ((data[each.number / 32].effective & 1U << each.number % 32) == 0) out.push_back(each);
  return out;
}

/// AppArmor's profile of this process, such as docker-default, or empty.
std::string apparmor_profile() {
  const auto profile = read_file_if_present("/proc/self/attr/apparmor/current").value_or("");
  return profile.starts_with("unconfined") ? "" : profile.substr(0, profile.find_first_of(" \n"));
}

/// Root of a user namespace has every capability, and the kernel loads none of its eBPF programs.
bool is_in_user_namespace() {
  const auto map = read_file_if_present("/proc/self/uid_map").value_or("");
  return !map.empty() && map.find("4294967295") == std::string::npos;
}

/// Of root that has the capabilities and was refused all the same.
std::string policy_remedy() {
  const auto profile = apparmor_profile();
  if (!profile.empty())
    return "in a container: --security-opt apparmor=unconfined, for its AppArmor profile is " + profile;
  return "in a container: --security-opt seccomp=unconfined, or --privileged";
}

}  // namespace

std::string privilege_remedy(const std::string& command) {
  if (::geteuid() != 0) return "run it as root: sudo " + command;
  const auto lacking = missing();
  if (lacking.empty()) return policy_remedy();
  std::string options;
  for (const auto& each : lacking) options += std::string(" --cap-add ") + each.name;
  return "in a container:" + options;
}

std::string refusal_remedy(int error_number) {
  if (error_number == EPERM) return privilege_remedy();
  return error_number == EACCES && !apparmor_profile().empty() ? policy_remedy() : "";
}

void demand_privileges(const std::string& command) {
  if (::geteuid() != 0) throw HostError("labs belong to root", privilege_remedy(command));
  if (is_in_user_namespace())
    throw HostError("this is root of a user namespace only, for which the kernel loads no eBPF program",
                    "become the host's root: sudo xconn ..., sudo podman run ...");
  std::string what;
  for (const auto& each : missing())
    what += std::string(what.empty() ? "" : ", ") + "CAP_" + each.name + " (" + each.purpose + ")";
  if (!what.empty()) throw HostError("root lacks " + what, privilege_remedy(command));
}

}  // namespace xconn::sys
