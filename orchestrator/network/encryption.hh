// SPDX-License-Identifier: Apache-2.0
// A pair of encryption gateways and its controller, as they run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::network {

/// A gateway tells its controller that it lives.
struct EncryptionReport {
  std::string gateway;
  Address controller;
  Duration every{std::chrono::seconds{12}};
  friend bool operator==(const EncryptionReport&, const EncryptionReport&) = default;
};

struct EncryptionGateway {
  std::string name;
  Address address;
  std::string fabric_interface;  ///< the fabric's side of its NIC
  friend bool operator==(const EncryptionGateway&, const EncryptionGateway&) = default;
};

/// A route table of the user's, as the fabric has it: one table for each subnet that is associated with it.
struct EncryptionTable {
  std::string name;
  std::vector<std::uint32_t> tables;
  friend bool operator==(const EncryptionTable&, const EncryptionTable&) = default;
};

/// The controller routes `networks` to the first gateway in the list that lives.
struct EncryptionControl {
  std::string fabric_netns;  ///< path of the fabric's network namespace
  Duration detection{std::chrono::seconds{60}};
  std::vector<EncryptionGateway> gateways;
  std::vector<EncryptionTable> route_tables;
  std::vector<Prefix> networks;  ///< on-prem, behind the edge
  friend bool operator==(const EncryptionControl&, const EncryptionControl&) = default;
};

/// What a daemon of the pair is told: one of the two.
struct EncryptionWork {
  std::optional<EncryptionReport> report;
  std::optional<EncryptionControl> control;
  friend bool operator==(const EncryptionWork&, const EncryptionWork&) = default;
};

/// The controller's node, and what the edge on-prem has to be configured with.
struct EncryptionController {
  EncryptionControl control;
  std::string pair;
  Address edge;  ///< where the tunnels end on-prem
  std::string psk;
  std::vector<Prefix> local_networks;  ///< what the edge learns to route into the tunnels
  Duration keepalive{0};               ///< how often a gateway reports
};

}  // namespace xconn::network
