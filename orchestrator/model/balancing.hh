// How a load balancer probes and what it passes on: the same words for Azure's object and for the node that plays it.
#pragma once

#include <cstdint>
#include <string>

#include "base/duration.hh"

namespace xconn::model {

struct Probe {
  std::string protocol = "tcp";  ///< tcp | http
  int port = 0;
  std::string path = "/";
  Duration interval{std::chrono::seconds{5}};
  int threshold = 2;
};

struct BalancerRule {
  bool ha_ports = false;
  std::uint8_t protocol = 0;  ///< 6, 17; 0 with ha_ports
  std::uint16_t port = 0;
  std::uint16_t backend_port = 0;  ///< 0: the same
  bool floating_ip = false;
};

}  // namespace xconn::model
