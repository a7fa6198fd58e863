#include "nodes/load-balancer/daemon/config.hh"

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "nodes/load-balancer/daemon/lb_abi.h"

namespace xconn::lb {

using nlohmann::json;

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error("load balancer: " + what); }

Address address(const json& object, const char* name) {
  const auto text = object.at(name).get<std::string>();
  const auto parsed = Address::parse(text);
  if (!parsed || !parsed->is_v4()) refuse(std::string(name) + " = " + text + ": an IPv4 address is needed");
  return *parsed;
}

std::uint16_t port(const json& object, const char* name, int lowest) {
  const auto value = object.value(name, std::int64_t{0});
  if (value < lowest || value > 65535) refuse(std::string(name) + " = " + std::to_string(value) + ": no port");
  return static_cast<std::uint16_t>(value);
}

Duration milliseconds(const json& object, const char* name, Duration fallback) {
  if (!object.contains(name)) return fallback;
  const auto value = object.at(name).get<std::int64_t>();
  if (value <= 0) refuse(std::string(name) + " = " + std::to_string(value) + ": must be more than 0");
  return std::chrono::milliseconds(value);
}

Backend backend(const json& object) {
  return {object.at("name"), address(object, "address"), object.at("interface"), object.at("fabric_interface")};
}

Probe probe(const json& object) {
  Probe result;
  const auto protocol = object.value("protocol", "tcp");
  if (protocol != "tcp" && protocol != "http") refuse("probe protocol " + protocol + ": there are tcp and http");
  result.protocol = protocol == "http" ? ProbeProtocol::kHttp : ProbeProtocol::kTcp;
  result.port = port(object, "port", 1);
  result.path = object.value("path", "/");
  result.interval = milliseconds(object, "interval_ms", result.interval);
  result.threshold = object.value("threshold", 2);
  if (result.threshold < 1) refuse("probe threshold: must be at least 1");
  return result;
}

Rule rule(const json& object) {
  Rule result;
  result.ha_ports = object.value("ha_ports", false);
  result.floating_ip = object.value("floating_ip", false);
  if (result.ha_ports) return result;
  const auto protocol = object.value("protocol", 0);
  if (protocol != 6 && protocol != 17) refuse("rule protocol " + std::to_string(protocol) + ": there are 6 and 17");
  result.protocol = static_cast<std::uint8_t>(protocol);
  result.port = port(object, "port", 1);
  result.backend_port = port(object, "backend_port", 0);
  if (result.backend_port == 0) result.backend_port = result.port;
  return result;
}

// What Azure does not have, or the eBPF program no room for.
void check(const Config& config) {
  if (config.backends.size() > LB_MAX_BACKENDS) refuse("more than 32 backends");
  if (config.rules.size() > LB_MAX_RULES) refuse("more than 32 rules");
  if (config.is_public && config.internet_interface.empty()) refuse("a public one needs an internet_interface");
  for (const auto& one : config.rules) {
    if (config.is_public && one.ha_ports) refuse("HA ports are for an internal one only");
  }
}

Config parse(const json& object) {
  Config config;
  config.name = object.value("name", "");
  config.frontend = address(object, "frontend");
  config.is_public = object.value("public", false);
  config.front_interface = object.at("front_interface");
  config.internet_interface = object.value("internet_interface", "");
  config.probe_netns = object.at("probe_netns");
  config.probe_source =
      object.contains("probe_source") ? address(object, "probe_source") : *Address::parse("168.63.129.16");
  for (const auto& one : object.at("backends")) config.backends.push_back(backend(one));
  config.probe = probe(object.at("probe"));
  for (const auto& one : object.at("rules")) config.rules.push_back(rule(one));
  config.idle_timeout = milliseconds(object, "idle_timeout_ms", config.idle_timeout);
  check(config);
  return config;
}

}  // namespace

Config parse_config(const json& object) {
  try {
    return parse(object);
  } catch (const json::exception& error) {
    refuse(error.what());
  }
}

}  // namespace xconn::lb
