// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/config.hh"

#include <netinet/in.h>

#include <algorithm>

#include "network/fields.hh"
#include "nodes/load-balancer/daemon/lb_abi.h"

namespace xconn::lb {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error("load balancer: " + what); }

void check(const Rule& rule) {
  if (rule.ha_ports) return;
  if (rule.protocol != IPPROTO_TCP && rule.protocol != IPPROTO_UDP)
    refuse("rule protocol " + std::to_string(rule.protocol) + ": there are 6 and 17");
  if (rule.port == 0) refuse("rule port 0: no port");
}

/// What Azure does not have, or the eBPF program no room for.
void check(const Config& config) {
  const auto is_v4 = [](const Backend& backend) { return backend.address.is_v4(); };
  if (!config.frontend.is_v4() || !std::ranges::all_of(config.backends, is_v4)) refuse("an IPv4 address is needed");
  if (config.backends.size() > LB_MAX_BACKENDS) refuse("more than 32 backends");
  if (config.rules.size() > LB_MAX_RULES) refuse("more than 32 rules");
  if (config.is_public && config.internet_interface.empty()) refuse("a public one needs an internet_interface");
  if (config.is_public && config.tcp_reset) refuse("tcp_reset is for an internal one only");
  for (const auto& rule : config.rules) {
    check(rule);
    if (config.is_public && rule.ha_ports) refuse("HA ports are for an internal one only");
  }
}

}  // namespace

Config parse_config(const nlohmann::json& from) {
  Config config;
  try {
    config = fields::decoded<Config>(from);
  } catch (const Error& error) {
    refuse(error.what());
  }
  check(config);
  for (auto& rule : config.rules)
    if (rule.backend_port == 0) rule.backend_port = rule.port;
  return config;
}

}  // namespace xconn::lb
