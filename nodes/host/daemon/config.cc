// SPDX-License-Identifier: Apache-2.0
#include "nodes/host/daemon/config.hh"

#include <nlohmann/json.hpp>
#include <string>

#include "base/errors.hh"

namespace xconn::echo {

using nlohmann::json;

namespace {

std::vector<std::uint16_t> ports(const json& value, const std::string& name) {
  if (!value.is_array()) throw Error("echo: \"" + name + "\" is a list of ports");
  std::vector<std::uint16_t> result;
  for (const json& port : value) {
    if (!port.is_number_integer() || port.get<std::int64_t>() < 1 || port.get<std::int64_t>() > 65535) {
      throw Error("echo: \"" + name + "\" has " + port.dump() + ": a port is 1 to 65535");
    }
    result.push_back(port.get<std::uint16_t>());
  }
  return result;
}

}  // namespace

Config parse_config(const json& value) {
  if (!value.is_object()) throw Error("echo: the configuration is an object");
  Config config;
  for (const auto& [name, list] : value.items()) {
    if (name == "tcp") {
      config.tcp = ports(list, name);
    } else if (name == "udp") {
      config.udp = ports(list, name);
    } else if (name == "http") {
      config.http = ports(list, name);
    } else {
      throw Error("echo: unknown key \"" + name + "\"; there are tcp, udp, http");
    }
  }
  return config;
}

}  // namespace xconn::echo
