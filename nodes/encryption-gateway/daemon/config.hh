#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::encryption {

/// What a gateway does: it tells the controller that it lives.
struct Report {
  std::string gateway;
  Address controller;
  Duration every{std::chrono::seconds(12)};
};

struct Gateway {
  std::string name;
  Address address;
  std::string fabric_interface;  ///< the fabric's side of its NIC
};

/// A route table of the user's, as the fabric has it: one table for each subnet that is associated with it.
struct RouteTable {
  std::string name;
  std::vector<std::uint32_t> tables;
};

/// What the controller does: it routes `networks` to the first gateway in the list that lives.
struct Control {
  std::string fabric_netns;  ///< path of the fabric's network namespace
  Duration detection{std::chrono::seconds(60)};
  std::vector<Gateway> gateways;
  std::vector<RouteTable> route_tables;
  std::vector<Prefix> networks;
};

/// One of the two.
struct Config {
  std::optional<Report> report;
  std::optional<Control> control;
};

/// Throws Error that says which word is wrong, and why.
Config parse_config(const nlohmann::json& json);

}  // namespace xconn::encryption
