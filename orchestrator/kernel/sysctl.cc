// SPDX-License-Identifier: Apache-2.0
#include "kernel/sysctl.hh"

#include <algorithm>
#include <cerrno>

#include "base/errors.hh"
#include "kernel/netlink.hh"
#include "kernel/sysctl_view.hh"

namespace xconn::kernel {

/// As sysctl(8) reads a key: the first separator rules, the other one then stands for itself swapped.
std::string sysctl_path(std::string key) {
  const auto first = key.find_first_of("./");
  if (first != std::string::npos && key[first] == '.')
    std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c == '.' ? '/' : c == '/' ? '.' : c; });
  return key;
}

void write_sysctl(const std::string& name, const std::string& path, const std::string& value) {
  try {
    write_in_view(path, value);
  } catch (const KernelError& error) {
    const KernelError refusal("set sysctl to '" + value + "'", path, name, error.error_number());
    if (error.error_number() != EROFS) throw refusal;
    throw HostError(refusal.what(),
                    "make /proc/sys writable: podman run --security-opt unmask=/proc/sys, docker run --security-opt "
                    "systempaths=unconfined");
  }
}

void set_sysctls(const sys::Netns& netns, const std::string& name, const std::map<std::string, std::string>& values) {
  if (values.empty()) return;
  netns.run([&] {
    for (const auto& [key, value] : values) write_sysctl(name, sysctl_path(key), value);
  });
}

}  // namespace xconn::kernel
