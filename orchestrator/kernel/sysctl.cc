#include <algorithm>

#include "base/errors.hh"
#include "kernel/netlink.hh"
#include "sys/file.hh"

namespace xconn::kernel {
namespace {

/// As sysctl(8) reads a key: the first separator rules, the other one then stands for itself swapped.
std::string path_of(std::string key) {
  const auto first = key.find_first_of("./");
  if (first != std::string::npos && key[first] == '.')
    std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c == '.' ? '/' : c == '/' ? '.' : c; });
  return "/proc/sys/" + key;
}

}  // namespace

void set_sysctls(const sys::Netns& netns, const std::string& name, const std::map<std::string, std::string>& values) {
  if (values.empty()) return;
  netns.run([&] {
    for (const auto& [key, value] : values) {
      try {
        sys::write_into(path_of(key), value);
      } catch (const KernelError& error) {
        throw KernelError("set sysctl to '" + value + "'", key, name, error.error_number());
      }
    }
  });
}

}  // namespace xconn::kernel
