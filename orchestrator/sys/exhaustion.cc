// SPDX-License-Identifier: Apache-2.0
#include "sys/exhaustion.hh"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace xconn::sys {
namespace {

/// A row counts when the operation begins with its words.
struct Row {
  int error;
  const char *operation, *lacks, *remedy;
};

constexpr std::array kRows{
    Row{ENOSPC, "clone3", "the host's limit of namespaces is reached",
        "sysctl -w user.max_mnt_namespaces=65536 user.max_net_namespaces=65536 user.max_pid_namespaces=65536"},
    Row{ENOSPC, "create network namespace", "the host's limit of network namespaces is reached",
        "sysctl -w user.max_net_namespaces=65536"},
    Row{ENOSPC, "watch", "the host's limit of file watches is reached",
        "sysctl -w fs.inotify.max_user_watches=1048576"},
    Row{EMFILE, "create inotify", "the host's limit of inotify instances is reached",
        "sysctl -w fs.inotify.max_user_instances=1024"},
    Row{ENOSPC, "", "there is no space left on a disk", "df says which is full; XCONN_RUN puts run folders elsewhere"},
    Row{EDQUOT, "", "a disk's quota is used up", "quota says whose; XCONN_RUN puts run folders elsewhere"},
    Row{EMFILE, "", "the limit of open files is reached", "ulimit -n 65536; in a container: --ulimit nofile=65536"},
    Row{ENFILE, "", "the host has no more open files", "sysctl -w fs.file-max=1000000"},
    Row{ENOMEM, "", "there is not enough memory",
        "end something else, or raise ulimit -v or the memory.max of the cgroup"},
    Row{EAGAIN, "fork", "the limit of processes is reached", "raise ulimit -u, or the pids.max of the cgroup"},
    Row{EAGAIN, "clone3", "the limit of processes is reached", "raise ulimit -u, or the pids.max of the cgroup"},
};

}  // namespace

std::optional<HostError> exhausted(const KernelError& error) {
  const auto row = std::ranges::find_if(kRows, [&](const Row& each) {
    return each.error == error.error_number() && error.operation().starts_with(each.operation);
  });
  if (row == kRows.end()) return std::nullopt;
  return HostError(std::string(row->lacks) + " (" + error.what() + ")", row->remedy);
}

}  // namespace xconn::sys
