// SPDX-License-Identifier: Apache-2.0
// A load balancer: its frontend, its backends, how it probes and what it passes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::network {

enum class BackendProbe { kTcp, kHttp };

/// How a load balancer asks a backend whether it is well.
struct Probe {
  BackendProbe protocol = BackendProbe::kTcp;
  std::uint16_t port = 0;
  std::string path = "/";  ///< http
  Duration interval{std::chrono::seconds{5}};
  int threshold = 2;
  friend bool operator==(const Probe&, const Probe&) = default;
};

/// What a load balancer passes on.
struct BalancerRule {
  bool ha_ports = false;
  std::uint8_t protocol = 0;  ///< 6, 17; 0 with ha_ports
  std::uint16_t port = 0;
  std::uint16_t backend_port = 0;  ///< 0: the same
  bool floating_ip = false;
  friend bool operator==(const BalancerRule&, const BalancerRule&) = default;
};

struct Backend {
  std::string name;  ///< "fgt-a:port1"
  Address address;
  std::string interface;         ///< of the load balancer's node, towards this backend only
  std::string fabric_interface;  ///< the fabric's side of the backend's NIC, where probes leave
  friend bool operator==(const Backend&, const Backend&) = default;
};

struct Balancer {
  std::string name;
  Address frontend;
  bool is_public = false;
  std::string front_interface;
  std::string internet_interface;  ///< public only
  std::string probe_netns;         ///< path of the fabric's network namespace, in which probes start
  Address probe_source;            ///< 168.63.129.16
  std::vector<Backend> backends;
  Probe probe;
  std::vector<BalancerRule> rules;
  Duration idle_timeout{std::chrono::minutes{4}};
  bool tcp_reset = false;  ///< a TCP flow that has been idle for so long ends with a reset to both sides
  friend bool operator==(const Balancer&, const Balancer&) = default;
};

}  // namespace xconn::network
