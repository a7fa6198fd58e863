// SPDX-License-Identifier: Apache-2.0
#include "nodes/encryption-gateway/daemon/config.hh"

#include "network/fields.hh"

namespace xconn::encryption {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error("encryption gateway: " + what); }

}  // namespace

Config parse_config(const nlohmann::json& json) {
  Config config;
  try {
    config = fields::decoded<Config>(json);
  } catch (const Error& error) {
    refuse(error.what());
  }
  if (config.report.has_value() == config.control.has_value())
    refuse("the configuration has either \"report\" or \"control\"");
  if (config.control && config.control->gateways.empty()) refuse("control.gateways: is empty");
  return config;
}

}  // namespace xconn::encryption
