#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::lb {

enum class ProbeProtocol { kTcp, kHttp };

struct Backend {
  std::string name;  ///< "fgt-a:port1"
  Address address;
  std::string interface;         ///< ours, towards this backend only
  std::string fabric_interface;  ///< in probe_netns: the fabric's side of the backend's NIC, where probes leave
};

struct Probe {
  ProbeProtocol protocol = ProbeProtocol::kTcp;
  std::uint16_t port = 0;
  std::string path = "/";
  Duration interval{std::chrono::seconds(5)};
  int threshold = 2;
};

struct Rule {
  bool ha_ports = false;
  std::uint8_t protocol = 0;  ///< 6 or 17; 0 with ha_ports
  std::uint16_t port = 0;
  std::uint16_t backend_port = 0;
  bool floating_ip = false;
};

struct Config {
  std::string name;
  Address frontend;
  bool is_public = false;
  std::string front_interface;
  std::string internet_interface;  ///< public only
  std::string probe_netns;         ///< path of the fabric's network namespace
  Address probe_source;            ///< 168.63.129.16
  std::vector<Backend> backends;
  Probe probe;
  std::vector<Rule> rules;
  Duration idle_timeout{std::chrono::minutes(4)};
};

/// Throws Error that says which word is wrong, and why.
Config parse_config(const nlohmann::json& json);

}  // namespace xconn::lb
