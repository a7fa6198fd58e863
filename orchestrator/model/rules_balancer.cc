// SPDX-License-Identifier: Apache-2.0
// Load balancers.
#include "model/rules.hh"

namespace xconn::model::azure_rules {

void ha_ports(Check& check) {
  for (const auto& balancer : check.topology.load_balancers)
    for (std::size_t i = 0; i < balancer.rules.size(); ++i) {
      const auto& rule = balancer.rules[i];
      if (!rule.ha_ports) continue;
      const Path path{"load-balancers", balancer.name, "rules", i};
      if (balancer.is_public) check.report(path, "", "name protocol and port");
      if (rule.port != 0 || rule.backend_port != 0 || rule.protocol != 0)
        check.report(path, "", "remove protocol and ports, or ha-ports");
    }
}

void balancer_protocols(Check& check) {
  constexpr std::uint8_t kTcp = 6, kUdp = 17;
  for (const auto& balancer : check.topology.load_balancers)
    for (std::size_t i = 0; i < balancer.rules.size(); ++i) {
      const auto& rule = balancer.rules[i];
      if (rule.ha_ports) continue;
      const auto path = [&](const char* key) { return Path{"load-balancers", balancer.name, "rules", i, key}; };
      if (rule.protocol != kTcp && rule.protocol != kUdp)
        check.report(path("protocol"), std::to_string(rule.protocol), "use tcp or udp; ESP passes as UDP 4500");
      if (rule.port == 0) check.report(path("port"), "0", "name a port");
      const bool is_ipsec = rule.protocol == kUdp && (rule.port == 500 || rule.port == 4500);
      if (balancer.is_public && rule.floating_ip && is_ipsec) check.report(path("floating-ip"), "true", "remove it");
    }
}

void idle_flows(Check& check) {
  constexpr std::chrono::minutes kShortest{4}, kLongest{100};
  for (const auto& balancer : check.topology.load_balancers) {
    const auto idle = balancer.idle_timeout;
    if (idle < kShortest || idle > kLongest || idle % std::chrono::minutes(1) != Duration{0})
      check.report({"load-balancers", balancer.name, "idle-timeout"}, to_string(idle), "use whole minutes, 4m to 100m");
    if (balancer.tcp_reset && balancer.is_public)
      check.report({"load-balancers", balancer.name, "tcp-reset"}, "true", "remove it");
  }
}

}  // namespace xconn::model::azure_rules
