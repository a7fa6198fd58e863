// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/config.hh"

#include <netinet/in.h>

#include <algorithm>
#include <set>

#include "network/fields.hh"
#include "network/steering.hh"

namespace xconn::fields {

template <>
struct Table<sdwan::HaConfig> {
  using Owner = sdwan::HaConfig;
  static constexpr std::tuple fields{required_field("fifo", &Owner::fifo),
                                     optional_field("probe_port", &Owner::probe_port).between(1, 65535)};
};

}  // namespace xconn::fields

namespace xconn::sdwan {
namespace {

using fields::Json;

[[noreturn]] void refuse(const std::string& where, const std::string& rule) { throw ConfigError(where + ": " + rule); }

std::string place(const char* list, std::size_t index, const char* field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + field;
}

void check_v4(const Address& address, const std::string& where) {
  if (!address.is_v4()) refuse(where, "'" + address.text() + "' is no IPv4 address");
}

void check_v4(const std::vector<Prefix>& prefixes, const std::string& where) {
  for (const auto& prefix : prefixes)
    if (!prefix.is_v4()) refuse(where, "'" + prefix.text() + "' is no IPv4 prefix");
}

template <class Thing>
void check_names(const std::vector<Thing>& things, const char* list) {
  std::set<std::string> known;
  for (std::size_t i = 0; i < things.size(); ++i) {
    const auto& name = things[i].name;
    if (!is_object_name(name)) refuse(place(list, i, "name"), "'" + name + "' is no name");
    if (!known.insert(name).second) refuse(place(list, i, "name"), "is there twice: " + name);
  }
}

void check_named(const Config& config, const std::vector<std::string>& members, const std::string& where) {
  for (const auto& name : members)
    if (config.member_index(name) < 0) refuse(where, "no member is named '" + name + "'");
}

void check_members(const network::Sdwan& sdwan) {
  check_names(sdwan.members, "members");
  for (std::size_t i = 0; i < sdwan.members.size(); ++i) {
    const auto& member = sdwan.members[i];
    if (!is_interface_name(member.interface)) refuse(place("members", i, "interface"), "is no interface name");
    if (member.gateway) check_v4(*member.gateway, place("members", i, "gateway"));
  }
  if (sdwan.members.size() > kMaxMembers) refuse("members", "are at most 99");
}

void check_checks(const Config& config) {
  const auto& checks = config.sdwan.health_checks;
  check_names(checks, "health_checks");
  for (std::size_t i = 0; i < checks.size(); ++i) {
    check_v4(checks[i].server, place("health_checks", i, "server"));
    check_named(config, checks[i].members, place("health_checks", i, "members"));
  }
}

bool has_ports(std::uint8_t protocol) { return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP; }

void check_ports(const network::SdwanRule& rule, const std::string& where) {
  for (const auto& [low, high] : rule.ports)
    if (low > high) refuse(where, "is a list of [low, high], 0 to 65535");
  if (!rule.ports.empty() && rule.protocol && !has_ports(*rule.protocol))
    refuse(where, "needs protocol 6 (TCP) or 17 (UDP)");
}

void check_rule(const Config& config, std::size_t i) {
  const auto& rule = config.sdwan.rules[i];
  if (rule.name == "implicit") refuse(place("rules", i, "name"), "'implicit' is the name of the last rule");
  check_v4(rule.from, place("rules", i, "from"));
  check_v4(rule.to, place("rules", i, "to"));
  check_ports(rule, place("rules", i, "ports"));
  check_named(config, rule.members, place("rules", i, "members"));
  const auto& checks = config.sdwan.health_checks;
  if (!rule.health_check.empty() &&
      std::ranges::find(checks, rule.health_check, &network::HealthCheck::name) == checks.end())
    refuse(place("rules", i, "health_check"), "no health check is named '" + rule.health_check + "'");
}

void check_rules(const Config& config) {
  const auto& rules = config.sdwan.rules;
  check_names(rules, "rules");
  for (std::size_t i = 0; i < rules.size(); ++i) check_rule(config, i);
  if (std::ranges::count_if(rules, [](const auto& rule) { return !rule.applications.empty(); }) > kMaxApplicationRules)
    refuse("rules", "at most 16 of them name applications");
}

void check(const Config& config) {
  check_v4(config.sdwan.routes, "routes");
  check_members(config.sdwan);
  for (const auto& [zone, members] : config.sdwan.zones) check_named(config, members, "zones." + zone);
  check_checks(config);
  check_rules(config);
}

/// Members and zones by name become members; none at all means all.
std::vector<std::string> expand(const network::SdwanRule& rule, const network::Sdwan& sdwan) {
  for (const auto& zone : rule.zones)
    if (!sdwan.zones.contains(zone)) refuse("rules", "no zone is named '" + zone + "'");
  auto members = network::members_of(sdwan, rule);
  if (members.empty())
    for (const auto& member : sdwan.members) members.push_back(member.name);
  return members;
}

std::uint16_t usual_port(const network::HealthCheck& check) {
  return check.protocol == network::ProbeProtocol::kHttp ? 80 : 7;
}

/// What may be left out is there from here on.
void complete(network::Sdwan& sdwan) {
  for (auto& rule : sdwan.rules) rule.members = expand(rule, sdwan);
  for (auto& check : sdwan.health_checks)
    if (check.port == 0) check.port = usual_port(check);
}

template <class Value>
void take(Json& json, const char* key, Value& value) {
  if (!json.contains(key)) return;
  try {
    fields::decode(json.at(key), value);
  } catch (...) {
    fields::rethrow_at(key);
  }
  json.erase(key);
}

Config read(Json json) {
  Config config;
  if (!json.is_object()) refuse("config", "is an object");
  take(json, "node", config.node);
  take(json, "ha", config.ha);
  config.sdwan = fields::decoded<network::Sdwan>(json);
  complete(config.sdwan);
  check(config);
  return config;
}

}  // namespace

int Config::member_index(const std::string& name) const {
  const auto found = std::ranges::find(sdwan.members, name, &network::SdwanMember::name);
  return found == sdwan.members.end() ? -1 : static_cast<int>(found - sdwan.members.begin());
}

Config parse_config(const std::string& json_text) {
  try {
    return read(Json::parse(json_text));
  } catch (const Json::exception& error) {
    throw ConfigError(error.what());
  } catch (const fields::FieldError& error) {
    throw ConfigError(error.what());
  }
}

}  // namespace xconn::sdwan
