#include "lab/limits.hh"

#include <sys/resource.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

namespace xconn::lab {
namespace {

// As counted in /proc/PID/fd of agents: a node's namespace, its netlink sockets and notifications; what watches and
// asks a daemon; and what there is once.
constexpr std::size_t kOfNode = 10, kOfService = 8, kOfLab = 64;

std::size_t descriptors_for(const plan::Plan& plan) {
  std::size_t count = kOfLab;
  for (const auto& node : plan.nodes) count += kOfNode + kOfService * node.services.size();
  return count;
}

/// The address space that the greediest process of a kind takes: threads have a stack of 8 MiB and an arena of 64 each.
/// Seen: zebra 523 MB, charon 1129 MB. What zebra does not get it does not miss aloud: a thread less, and bgpd is unheard.
struct Appetite {
  std::string_view kind;
  rlim_t bytes;
};
constexpr std::array kAppetites{Appetite{"frr", rlim_t{1} << 30}, Appetite{"strongswan", rlim_t{2} << 30}};
constexpr rlim_t kOwnAppetite = rlim_t{512} << 20;

rlim_t address_space_for(const plan::Plan& plan) {
  rlim_t most = kOwnAppetite;
  for (const auto& node : plan.nodes)
    for (const auto& service : node.services)
      for (const auto& [kind, bytes] : kAppetites)
        if (service.kind == kind) most = std::max(most, bytes);
  return most;
}

/// A row counts when the operation begins with its words.
struct Row {
  int error;
  const char *operation, *lacks, *remedy;
};

constexpr std::array kRows{
    Row{ENOSPC, "clone3", "the host allows no more namespaces",
        "sysctl -w user.max_mnt_namespaces=65536 user.max_net_namespaces=65536 user.max_pid_namespaces=65536"},
    Row{ENOSPC, "create network namespace", "the host allows no more network namespaces",
        "sysctl -w user.max_net_namespaces=65536"},
    Row{ENOSPC, "watch", "the host allows no more watches of files", "sysctl -w fs.inotify.max_user_watches=1048576"},
    Row{EMFILE, "create inotify", "the host allows no more watchers of files",
        "sysctl -w fs.inotify.max_user_instances=1024"},
    Row{ENOSPC, "", "there is no space left on a disk", "df says which is full; XCONN_RUN puts run folders elsewhere"},
    Row{EDQUOT, "", "a disk's quota is used up", "quota says whose; XCONN_RUN puts run folders elsewhere"},
    Row{EMFILE, "", "the process may open no more files", "ulimit -n 65536; in a container: --ulimit nofile=65536"},
    Row{ENFILE, "", "the host has no more open files", "sysctl -w fs.file-max=1000000"},
    Row{ENOMEM, "", "there is not enough memory",
        "end something else, or raise ulimit -v or the memory.max of the cgroup"},
    Row{EAGAIN, "fork", "there may be no more processes", "raise ulimit -u, or the pids.max of the cgroup"},
    Row{EAGAIN, "clone3", "there may be no more processes", "raise ulimit -u, or the pids.max of the cgroup"},
};

}  // namespace

void demand_descriptors(const plan::Plan& plan) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = descriptors_for(plan);
  if (needed <= limit.rlim_max) return;
  const auto more = std::to_string(std::max<std::size_t>(needed, 65536));
  throw HostError("a lab of " + std::to_string(plan.nodes.size()) + " nodes needs about " + std::to_string(needed) +
                      " open files; the hard limit is " + std::to_string(limit.rlim_max),
                  "ulimit -n " + more + " as root; in a container: --ulimit nofile=" + more +
                      "; in a systemd unit: LimitNOFILE=" + more);
}

void demand_address_space(const plan::Plan& plan) {
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  const auto needed = address_space_for(plan);
  if (limit.rlim_cur == RLIM_INFINITY || needed <= limit.rlim_cur) return;
  throw HostError("a process may have no more than " + std::to_string(limit.rlim_cur >> 20U) +
                      " MiB of address space, and the lab's daemons need " + std::to_string(needed >> 20U) +
                      " MiB of that memory",
                  "ulimit -v unlimited; in a systemd unit: LimitAS=infinity");
}

void demand_short_paths(const plan::Plan& plan, const std::string& folder) {
  for (const auto& node : plan.nodes)
    for (const auto& service : node.services) {
      const auto path = folder + "/nodes/" + node.name + "/" + service.name + ".vici";
      if (service.kind != "strongswan" || path.size() < sizeof sockaddr_un::sun_path) continue;
      throw HostError("the socket " + path + " would have " + std::to_string(path.size()) +
                          " bytes, and strongSwan takes 107 at most",
                      "a shorter XCONN_RUN, or shorter names of the lab and its nodes");
    }
}

std::optional<HostError> exhausted(const KernelError& error) {
  const auto row = std::ranges::find_if(kRows, [&](const Row& each) {
    return each.error == error.error_number() && error.operation().starts_with(each.operation);
  });
  if (row == kRows.end()) return std::nullopt;
  return HostError(std::string(row->lacks) + " (" + error.what() + ")", row->remedy);
}

}  // namespace xconn::lab
