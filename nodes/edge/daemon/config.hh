// The configuration of one SD-WAN edge: the JSON file that nodes/edge writes from model::Sdwan. The words are the
// model's; here they are read, defaulted and checked once, so that the rest of the daemon meets no bad value.
//
//   {"node", "routes": [prefix], "zones": {zone: [member]},
//    "members": [{"name", "interface", "gateway"?, "cost" 0, "priority" 1, "weight" 1}],
//    "health-checks": [{"name", "members", "server", "protocol": "ping|tcp-echo|http", "port"?, "path" "/",
//                       "interval_ms" 500, "timeout_ms" 500, "failtime" 5, "recoverytime" 5, "probe_count" 30,
//                       "sla"?: {"latency_ms", "jitter_ms", "loss" (a share, 0 to 1)}}],
//    "rules": [{"name", "from", "to", "protocol"?, "ports": [[low, high]], "dscp"?, "applications": [nDPI's names],
//               "strategy": "manual|best-quality|lowest-cost|maximize-bandwidth", "factor": "latency|jitter|loss",
//               "factor_threshold" 10, "members" or "zones", "health_check"?, "hold_down_ms" 0}],
//    "implicit": "source-ip|source-dest-ip|weight", "require_route": false, "ha"?: {"fifo", "probe_port" 8008}}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/errors.hh"
#include "model/topology.hh"

namespace xconn::sdwan {

/// The role of an active/passive pair's node comes from keepalived.
struct HaConfig {
  std::string fifo;       ///< keepalived's vrrp_notify_fifo; made when it is missing
  int probe_port = 8008;  ///< answered only while MASTER, as a FortiGate's probe-response
};

struct Config {
  std::string node;
  model::Sdwan sdwan;  ///< zones of rules are expanded into members; a rule without members has them all
  std::optional<HaConfig> ha;

  int member_index(const std::string& name) const;  ///< -1 when there is none
};

/// The configuration file is wrong; the text says where ("rules[2].members: no member is named x").
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// Limits that follow from the bits of the mark (see mark.hh).
constexpr int kMaxMembers = 99;
constexpr int kMaxApplicationRules = 16;

/// Throws ConfigError.
Config parse_config(const std::string& json_text);

}  // namespace xconn::sdwan
