#include "nodes/encryption-gateway/daemon/config.hh"

#include <nlohmann/json.hpp>

#include "base/errors.hh"

namespace xconn::encryption {
namespace {

using nlohmann::json;

template <class Value>
Value get(const json& object, const char* key) {
  try {
    return object.at(key).get<Value>();
  } catch (const json::exception& error) {
    throw Error(std::string("encryption gateway: \"") + key + "\": " + error.what());
  }
}

template <class Value>
Value parsed(const json& object, const char* key) {
  const auto text = get<std::string>(object, key);
  if (const auto value = Value::parse(text)) return *value;
  throw Error(std::string("encryption gateway: \"") + key + "\" cannot be \"" + text + "\"");
}

Duration milliseconds(const json& object, const char* key) {
  const auto value = get<std::int64_t>(object, key);
  if (value < 1) throw Error(std::string("encryption gateway: \"") + key + "\" is at least 1 ms");
  return std::chrono::milliseconds(value);
}

Prefix prefix_of(const json& value) {
  const auto prefix = value.is_string() ? Prefix::parse(value.get<std::string>()) : std::nullopt;
  if (!prefix) throw Error("encryption gateway: \"networks\" has " + value.dump() + ": not a prefix");
  return *prefix;
}

Control control_of(const json& object) {
  Control control;
  control.fabric_netns = get<std::string>(object, "fabric_netns");
  control.detection = milliseconds(object, "detection_ms");
  for (const auto& gateway : get<json>(object, "gateways"))
    control.gateways.push_back({get<std::string>(gateway, "name"), parsed<Address>(gateway, "address"),
                                get<std::string>(gateway, "fabric_interface")});
  if (control.gateways.empty()) throw Error("encryption gateway: \"gateways\" is empty");
  for (const auto& table : get<json>(object, "route_tables"))
    control.route_tables.push_back({get<std::string>(table, "name"), get<std::vector<std::uint32_t>>(table, "tables")});
  for (const auto& network : get<json>(object, "networks")) control.networks.push_back(prefix_of(network));
  return control;
}

}  // namespace

Config parse_config(const json& value) {
  Config config;
  if (value.is_object() && value.contains("report")) {
    const auto& report = value["report"];
    config.report = Report{get<std::string>(report, "gateway"), parsed<Address>(report, "controller"),
                           milliseconds(report, "every_ms")};
  }
  if (value.is_object() && value.contains("control")) config.control = control_of(value["control"]);
  if (config.report.has_value() == config.control.has_value())
    throw Error("encryption gateway: the configuration has either \"report\" or \"control\"");
  return config;
}

}  // namespace xconn::encryption
