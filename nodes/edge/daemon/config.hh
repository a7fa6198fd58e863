// SPDX-License-Identifier: Apache-2.0
// The configuration of one SD-WAN edge, as nodes/edge writes it: network::Sdwan's fields, with the node's name ("node")
// and its pair ("ha": {"fifo", "probe_port"}). It is checked once, so that the rest of the daemon meets no bad value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/errors.hh"
#include "network/sdwan.hh"

namespace xconn::sdwan {

/// The role of an active/passive pair's node comes from keepalived.
struct HaConfig {
  std::string fifo;       ///< keepalived's vrrp_notify_fifo; made when it is missing
  int probe_port = 8008;  ///< answered only while MASTER, as a FortiGate's probe-response
  friend bool operator==(const HaConfig&, const HaConfig&) = default;
};

struct Config {
  std::string node = "edge";
  network::Sdwan sdwan;  ///< zones of rules are expanded into members; a rule without members has them all
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
