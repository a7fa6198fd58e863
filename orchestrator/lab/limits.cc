// SPDX-License-Identifier: Apache-2.0
#include "lab/limits.hh"

#include <sys/resource.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace xconn::lab {
namespace {

// File descriptors of an agent, counted in /proc/PID/fd. A plain node: its namespace, netlink sockets and
// notifications. A node with more than link ends: its programs as well. A service: what watches it and asks it. A lab:
// the rest.
constexpr std::size_t kOfPlainNode = 6, kOfNode = 10, kOfService = 8, kOfLab = 64;

bool is_plain(const plan::Node& node) {
  return std::ranges::all_of(node.interfaces, [](const plan::Interface& interface) {
    const bool is_simple =
        interface.kind == plan::InterfaceKind::kEnd || interface.kind == plan::InterfaceKind::kLoopback;
    return is_simple && !interface.hide_hop;
  });
}

std::size_t descriptors_for(const plan::Plan& plan) {
  std::size_t count = kOfLab;
  for (const auto& node : plan.nodes)
    count += (is_plain(node) ? kOfPlainNode : kOfNode) + kOfService * node.services.size();
  return count;
}

/// The address space that the greediest process of a kind takes; each thread has a stack of 8 MiB and an arena of 64.
/// Seen: zebra 523 MB, charon 1129 MB. A zebra that gets no thread says nothing, and never hears its bgpd.
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
  throw HostError("there is not enough memory: a process is limited to " + std::to_string(limit.rlim_cur >> 20U) +
                      " MiB of address space, and the lab's daemons need " + std::to_string(needed >> 20U) + " MiB",
                  "ulimit -v unlimited; in a systemd unit: LimitAS=infinity");
}

void demand_short_paths(const plan::Plan& plan, const std::string& folder) {
  for (const auto& node : plan.nodes)
    for (const auto& service : node.services) {
      const auto path = folder + "/nodes/" + node.name + "/" + service.name + ".alerts";
      if (service.kind != "strongswan" || path.size() < sizeof sockaddr_un::sun_path) continue;
      throw HostError("the socket " + path + " would have " + std::to_string(path.size()) +
                          " bytes, and strongSwan takes 107 at most",
                      "a shorter XCONN_RUN, or shorter names of the lab and its nodes");
    }
}

}  // namespace xconn::lab
