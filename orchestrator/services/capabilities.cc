// SPDX-License-Identifier: Apache-2.0
#include "services/capabilities.hh"

#include <linux/capability.h>

#include <map>

namespace xconn::services {
namespace {

using sys::capabilities;
using sys::Capabilities;

constexpr auto kNetwork = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE};

Capabilities network_and(std::initializer_list<int> more) { return capabilities(kNetwork) | capabilities(more); }

const std::map<std::string_view, Capabilities>& table() {
  static const std::map<std::string_view, Capabilities> rows{
      // zebra and bfdd refuse to start without CAP_SYS_ADMIN (lib/privs.c); they give up root for user frr.
      {"frr", network_and({CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID, CAP_CHOWN, CAP_DAC_OVERRIDE})},
      {"strongswan", network_and({CAP_CHOWN, CAP_SETUID, CAP_SETGID})},
      {"keepalived", network_and({CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_SYS_NICE})},
      // Ours enter network namespaces (sys/netns.hh), if only the one that they are in.
      {"sdwan-edge", network_and({CAP_SYS_ADMIN})},
      {"load-balancer", network_and({CAP_SYS_ADMIN, CAP_BPF, CAP_PERFMON})},
      {"encryption", network_and({CAP_SYS_ADMIN})},
      {"echo", capabilities({CAP_NET_BIND_SERVICE})},
  };
  return rows;
}

}  // namespace

std::optional<Capabilities> capabilities_of(std::string_view kind) {
  const auto row = table().find(kind);
  return row == table().end() ? std::nullopt : std::optional(row->second);
}

}  // namespace xconn::services
