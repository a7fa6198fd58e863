// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/ruleset.hh"

#include <fmt/format.h>

namespace xconn::lb {

namespace {

constexpr const char* kTable = R"(table ip xconn_lb {{}}
delete table ip xconn_lb
table ip xconn_lb {{
{counters}  counter to_frontend {{}}
  chain balance {{}}
  chain prerouting {{
    type nat hook prerouting priority dstnat; policy accept;
    iifname "{internet}" ip daddr {frontend} jump balance
  }}
  chain input {{
    type filter hook input priority filter; policy accept;
    ip daddr {frontend} counter name to_frontend drop
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
{counted}    iifname "{internet}" ct status dnat accept
    ct state established,related accept
    iifname "{front}" oifname "{internet}" meta l4proto {{ tcp, udp }} accept
  }}
  chain output {{
    type filter hook output priority filter; policy accept;
    meta l4proto icmp drop
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat; policy accept;
{begun}    oifname "{internet}" ip saddr != {frontend} meta l4proto {{ tcp, udp }} snat to {frontend}
  }}
}}
)";

std::string targets(const Config& config, const std::vector<std::size_t>& healthy, const Rule& rule) {
  std::string text;
  for (std::size_t n = 0; n < healthy.size(); ++n) {
    const auto& address = config.backends[healthy[n]].address;
    text += fmt::format("{}{} : {}", n == 0 ? "" : ", ", n, address.text());
    if (rule.backend_port != rule.port) text += fmt::format(" . {}", rule.backend_port);
  }
  return text;
}

std::string balance_rule(const Config& config, const std::vector<std::size_t>& healthy, const Rule& rule) {
  const char* protocol = rule.protocol == 6 ? "tcp" : "udp";
  return fmt::format(
      "add rule ip xconn_lb balance {0} dport {1} dnat ip {2}to jhash ip saddr . {0} sport mod {3} seed 0x58434f4e map "
      "{{ {4} }}\n",
      protocol, rule.port, rule.backend_port == rule.port ? "" : "addr . port ", healthy.size(),
      targets(config, healthy, rule));
}

}  // namespace

std::string base_ruleset(const Config& config) {
  std::string counters, counted, begun;  // a chain of nat sees the first packet of a flow and no more
  for (std::size_t n = 0; n < config.backends.size(); ++n) {
    counters += fmt::format("  counter backend_{0} {{}}\n  counter begun_{0} {{}}\n", n);
    counted += fmt::format("    ip daddr {} counter name backend_{}\n", config.backends[n].address.text(), n);
    begun += fmt::format("    ip daddr {} counter name begun_{}\n", config.backends[n].address.text(), n);
  }
  return fmt::format(kTable, fmt::arg("counters", counters), fmt::arg("counted", counted), fmt::arg("begun", begun),
                     fmt::arg("internet", config.internet_interface), fmt::arg("front", config.front_interface),
                     fmt::arg("frontend", config.frontend.text()));
}

std::string balance_ruleset(const Config& config, const std::vector<std::size_t>& healthy) {
  std::string text = "flush chain ip xconn_lb balance\n";
  if (healthy.empty()) return text;
  for (const auto& rule : config.rules) {
    if (!rule.ha_ports && !rule.floating_ip) text += balance_rule(config, healthy, rule);
  }
  return text;
}

}  // namespace xconn::lb
