#include "nodes/edge/daemon/config.hh"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace xconn::sdwan {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& where, const std::string& rule) { throw ConfigError(where + ": " + rule); }

template <typename T>
T value_or(const Json& object, const char* key, T fallback, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return fallback;
  try {
    return found->get<T>();
  } catch (const Json::exception&) {
    refuse(where + "." + key, "has the wrong type");
  }
}

std::string required(const Json& object, const char* key, const std::string& where) {
  auto text = value_or<std::string>(object, key, "", where);
  if (text.empty()) refuse(where + "." + key, "is required");
  return text;
}

Duration milliseconds(const Json& object, const char* key, double fallback, const std::string& where) {
  const double value = value_or<double>(object, key, fallback, where);
  if (!(value >= 0) || value > 1e12) refuse(where + "." + key, "is milliseconds, 0 to 10^12");
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(value));
}

int integer(const Json& object, const char* key, int fallback, int low, int high, const std::string& where) {
  const auto value = value_or<long long>(object, key, fallback, where);
  if (value < low || value > high) {
    refuse(where + "." + key, "is " + std::to_string(low) + " to " + std::to_string(high));
  }
  return static_cast<int>(value);
}

template <typename Word, std::size_t N>
Word word(const std::string& text, const std::array<std::pair<const char*, Word>, N>& table, const std::string& where) {
  std::string known;
  for (const auto& [name, value] : table) {
    if (text == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(where, "'" + text + "' is none of " + known);
}

constexpr std::array<std::pair<const char*, model::ProbeProtocol>, 3> kProtocols{{
    {"ping", model::ProbeProtocol::kPing},
    {"tcp-echo", model::ProbeProtocol::kTcpEcho},
    {"http", model::ProbeProtocol::kHttp},
}};
constexpr std::array<std::pair<const char*, model::Strategy>, 4> kStrategies{{
    {"manual", model::Strategy::kManual},
    {"best-quality", model::Strategy::kBestQuality},
    {"lowest-cost", model::Strategy::kLowestCost},
    {"maximize-bandwidth", model::Strategy::kMaximizeBandwidth},
}};
constexpr std::array<std::pair<const char*, model::LinkCostFactor>, 3> kFactors{{
    {"latency", model::LinkCostFactor::kLatency},
    {"jitter", model::LinkCostFactor::kJitter},
    {"loss", model::LinkCostFactor::kLoss},
}};
constexpr std::array<std::pair<const char*, bool>, 3> kImplicit{{
    {"source-ip", true},
    {"source-dest-ip", true},
    {"weight", true},
}};

Prefix prefix(const std::string& text, const std::string& where) {
  const auto parsed = Prefix::parse(text);
  if (!parsed || !parsed->is_v4()) refuse(where, "'" + text + "' is no IPv4 prefix");
  return *parsed;
}

Address address(const std::string& text, const std::string& where) {
  const auto parsed = Address::parse(text);
  if (!parsed || !parsed->is_v4()) refuse(where, "'" + text + "' is no IPv4 address");
  return *parsed;
}

std::vector<std::string> words(const Json& object, const char* key, const std::string& where) {
  return value_or<std::vector<std::string>>(object, key, {}, where);
}

std::vector<Prefix> prefixes(const Json& object, const char* key, const std::string& where) {
  std::vector<Prefix> result;
  for (const auto& text : words(object, key, where)) result.push_back(prefix(text, where + "." + key));
  return result;
}

std::string object_name(const Json& object, const std::string& where) {
  auto name = required(object, "name", where);
  if (!is_object_name(name)) refuse(where + ".name", "'" + name + "' is no name");
  return name;
}

model::SdwanMember read_member(const Json& object, const std::string& where) {
  model::SdwanMember member;
  member.name = object_name(object, where);
  member.interface = required(object, "interface", where);
  if (!is_interface_name(member.interface)) refuse(where + ".interface", "is no interface name");
  const auto gateway = value_or<std::string>(object, "gateway", "", where);
  if (!gateway.empty()) member.gateway = address(gateway, where + ".gateway");
  member.cost = integer(object, "cost", 0, 0, 0x7fffffff, where);
  member.priority = integer(object, "priority", 1, 0, 1 << 30, where);
  member.weight = integer(object, "weight", 1, 1, 255, where);
  return member;
}

std::optional<model::Sla> read_sla(const Json& object, const std::string& where) {
  const auto found = object.find("sla");
  if (found == object.end() || found->is_null()) return std::nullopt;
  const double loss = value_or<double>(*found, "loss", 1.0, where + ".sla");
  if (loss < 0 || loss > 1) refuse(where + ".sla.loss", "is a share, 0 to 1");
  return model::Sla{milliseconds(*found, "latency_ms", 1e9, where), milliseconds(*found, "jitter_ms", 1e9, where),
                    loss};
}

model::HealthCheck read_check(const Json& object, const std::string& where) {
  model::HealthCheck check;
  check.name = object_name(object, where);
  check.members = words(object, "members", where);
  check.server = address(required(object, "server", where), where + ".server");
  check.protocol = word(value_or<std::string>(object, "protocol", "ping", where), kProtocols, where + ".protocol");
  check.port = integer(object, "port", 0, 0, 65535, where);
  if (check.port == 0) check.port = check.protocol == model::ProbeProtocol::kHttp ? 80 : 7;
  check.path = value_or<std::string>(object, "path", "/", where);
  check.interval = milliseconds(object, "interval_ms", 500, where);
  check.timeout = milliseconds(object, "timeout_ms", 500, where);
  if (check.interval < std::chrono::milliseconds(1)) refuse(where + ".interval_ms", "is at least 1");
  if (check.timeout < std::chrono::milliseconds(1)) refuse(where + ".timeout_ms", "is at least 1");
  check.failtime = integer(object, "failtime", 5, 1, 3600, where);
  check.recoverytime = integer(object, "recoverytime", 5, 1, 3600, where);
  check.probe_count = integer(object, "probe_count", 30, 1, 10000, where);
  check.sla = read_sla(object, where);
  return check;
}

std::vector<std::pair<std::uint16_t, std::uint16_t>> read_ports(const Json& object, const std::string& where) {
  const auto ranges = value_or<std::vector<std::vector<int>>>(object, "ports", {}, where);
  std::vector<std::pair<std::uint16_t, std::uint16_t>> ports;
  for (const auto& range : ranges) {
    const bool good = range.size() == 2 && range[0] >= 0 && range[0] <= range[1] && range[1] <= 65535;
    if (!good) refuse(where + ".ports", "is a list of [low, high], 0 to 65535");
    ports.emplace_back(range[0], range[1]);
  }
  return ports;
}

void add_unique(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// Members and zones by name become members; none at all means all.
std::vector<std::string> expand(const std::vector<std::string>& named, const model::Sdwan& sdwan) {
  std::vector<std::string> result;
  for (const auto& name : named) {
    const auto zone = sdwan.zones.find(name);
    if (zone == sdwan.zones.end()) {
      add_unique(result, name);
    } else {
      for (const auto& member : zone->second) add_unique(result, member);
    }
  }
  if (result.empty()) {
    for (const auto& member : sdwan.members) result.push_back(member.name);
  }
  return result;
}

model::SdwanRule read_rule(const Json& object, const model::Sdwan& sdwan, const std::string& where) {
  model::SdwanRule rule;
  rule.name = object_name(object, where);
  if (rule.name == "implicit") refuse(where + ".name", "'implicit' is the name of the last rule");
  rule.from = prefixes(object, "from", where);
  rule.to = prefixes(object, "to", where);
  const int protocol = integer(object, "protocol", -1, -1, 255, where);
  if (protocol >= 0) rule.protocol = static_cast<std::uint8_t>(protocol);
  rule.ports = read_ports(object, where);
  if (!rule.ports.empty() && rule.protocol && *rule.protocol != 6 && *rule.protocol != 17) {
    refuse(where + ".ports", "needs protocol 6 (TCP) or 17 (UDP)");
  }
  const int dscp = integer(object, "dscp", -1, -1, 63, where);
  if (dscp >= 0) rule.dscp = static_cast<std::uint8_t>(dscp);
  rule.applications = words(object, "applications", where);
  rule.strategy = word(value_or<std::string>(object, "strategy", "manual", where), kStrategies, where + ".strategy");
  rule.factor = word(value_or<std::string>(object, "factor", "latency", where), kFactors, where + ".factor");
  rule.factor_threshold = integer(object, "factor_threshold", 10, 0, 100, where);
  auto named = words(object, "members", where);
  for (const auto& zone : words(object, "zones", where)) named.push_back(zone);
  rule.members = expand(named, sdwan);
  rule.health_check = value_or<std::string>(object, "health_check", "", where);
  rule.hold_down = milliseconds(object, "hold_down_ms", 0, where);
  return rule;
}

template <typename Item, typename Read>
std::vector<Item> read_list(const Json& object, const char* key, Read read) {
  std::vector<Item> items;
  std::set<std::string> names;
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return items;
  if (!found->is_array()) refuse(key, "is a list");
  for (const auto& entry : *found) {
    const std::string where = std::string(key) + "[" + std::to_string(items.size()) + "]";
    if (!entry.is_object()) refuse(where, "is an object");
    items.push_back(read(entry, where));
    if (!names.insert(items.back().name).second) refuse(where + ".name", "is there twice: " + items.back().name);
  }
  return items;
}

void check_members(const Config& config, const std::vector<std::string>& members, const std::string& where) {
  for (const auto& name : members) {
    if (config.member_index(name) < 0) refuse(where, "no member is named '" + name + "'");
  }
}

void check_references(const Config& config) {
  const auto& sdwan = config.sdwan;
  for (const auto& [zone, members] : sdwan.zones) check_members(config, members, "zones." + zone);
  for (const auto& check : sdwan.health_checks) check_members(config, check.members, check.name + ".members");
  int with_applications = 0;
  for (const auto& rule : sdwan.rules) {
    check_members(config, rule.members, rule.name + ".members");
    with_applications += rule.applications.empty() ? 0 : 1;
    const bool known =
        rule.health_check.empty() || std::any_of(sdwan.health_checks.begin(), sdwan.health_checks.end(),
                                                 [&](const auto& check) { return check.name == rule.health_check; });
    if (!known) refuse(rule.name + ".health_check", "no health check is named '" + rule.health_check + "'");
  }
  if (with_applications > kMaxApplicationRules) refuse("rules", "at most 16 of them name applications");
  if (sdwan.members.size() > kMaxMembers) refuse("members", "are at most 99");
}

std::optional<HaConfig> read_ha(const Json& object) {
  const auto found = object.find("ha");
  if (found == object.end() || found->is_null()) return std::nullopt;
  return HaConfig{required(*found, "fifo", "ha"), integer(*found, "probe_port", 8008, 1, 65535, "ha")};
}

Config read(const Json& json) {
  Config config;
  auto& sdwan = config.sdwan;
  config.node = value_or<std::string>(json, "node", "edge", "config");
  sdwan.routes = prefixes(json, "routes", "config");
  sdwan.zones = value_or<std::map<std::string, std::vector<std::string>>>(json, "zones", {}, "config");
  sdwan.members = read_list<model::SdwanMember>(json, "members", read_member);
  sdwan.health_checks = read_list<model::HealthCheck>(json, "health-checks", read_check);
  sdwan.rules = read_list<model::SdwanRule>(
      json, "rules", [&](const Json& entry, const std::string& where) { return read_rule(entry, sdwan, where); });
  sdwan.implicit = value_or<std::string>(json, "implicit", "source-ip", "config");
  word(sdwan.implicit, kImplicit, "implicit");
  sdwan.require_route = value_or<bool>(json, "require_route", false, "config");
  config.ha = read_ha(json);
  check_references(config);
  return config;
}

}  // namespace

int Config::member_index(const std::string& name) const {
  const auto& members = sdwan.members;
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const model::SdwanMember& member) { return member.name == name; });
  return found == members.end() ? -1 : static_cast<int>(found - members.begin());
}

Config parse_config(const std::string& json_text) {
  Json json;
  try {
    json = Json::parse(json_text);
  } catch (const Json::exception& error) {
    throw ConfigError(error.what());
  }
  if (!json.is_object()) refuse("config", "is an object");
  return read(json);
}

}  // namespace xconn::sdwan
