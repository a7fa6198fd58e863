// Structs to JSON and back from one table of fields each: `fields_of` below is the only place that knows a spelling, so
// that what is written can always be read. A field that has its default value is left out.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "plan/plan.hh"

namespace xconn::plan::fields {

using Json = nlohmann::json;

template <class Owner, class Value>
struct Field {
  const char* name;
  Value Owner::*member;
  bool always;  ///< written even when it has its default value, for the reader's sake
};

template <class Owner, class Value>
constexpr Field<Owner, Value> optional_field(const char* name, Value Owner::*member) {
  return {name, member, false};
}
template <class Owner, class Value>
constexpr Field<Owner, Value> always(const char* name, Value Owner::*member) {
  return {name, member, true};
}

template <class Owner>
struct Table;  ///< has `static constexpr std::tuple fields`

template <class Value>
struct Names;  ///< of an enum: has `static constexpr std::pair<Value, const char*> names[]`

template <class T, class = void>
struct has_table : std::false_type {};
template <class T>
struct has_table<T, std::void_t<decltype(Table<T>::fields)>> : std::true_type {};

template <class T>
concept Parsed = requires(const T& value) {
  value.text();
  T::parse("");
};

[[noreturn]] inline void refuse(const std::string& sentence) {
  throw Json::other_error::create(501, "plan: " + sentence, static_cast<const Json*>(nullptr));
}

// --- one value ----------------------------------------------------------------------------------------------------

template <class T>
Json encode(const T& value);
template <class T>
void decode(const Json& json, T& value);

template <class T>
Json encode_struct(const T& object) {
  Json json = Json::object();
  const T blank{};
  const auto write = [&](const auto& field) {
    if (field.always || !(object.*field.member == blank.*field.member)) json[field.name] = encode(object.*field.member);
  };
  std::apply([&](const auto&... field) { (write(field), ...); }, Table<T>::fields);
  return json;
}

template <class T>
void decode_struct(const Json& json, T& object) {
  std::size_t known = 0;
  const auto read = [&](const auto& field) {
    const auto found = json.find(field.name);
    if (found == json.end()) return;
    decode(*found, object.*field.member);
    ++known;
  };
  if (!json.is_object()) refuse("an object was expected, not " + json.dump());
  std::apply([&](const auto&... field) { (read(field), ...); }, Table<T>::fields);
  if (known != json.size()) refuse("an unknown field in " + json.dump());
}

template <class T>
const char* enum_name(T value) {
  for (const auto& [candidate, name] : Names<T>::names)
    if (candidate == value) return name;
  return "";
}

template <class T>
T enum_value(const std::string& text) {
  for (const auto& [candidate, name] : Names<T>::names)
    if (text == name) return candidate;
  refuse("unknown word '" + text + "'");
}

template <class T>
struct Codec {
  static Json encode(const T& value) {
    if constexpr (Parsed<T>)
      return value.text();
    else if constexpr (std::is_enum_v<T>)
      return enum_name(value);
    else if constexpr (has_table<T>::value)
      return encode_struct(value);
    else
      return value;
  }
  static void decode(const Json& json, T& value) {
    if constexpr (Parsed<T>)
      decode_text(json, value);
    else if constexpr (std::is_enum_v<T>)
      value = enum_value<T>(json.get<std::string>());
    else if constexpr (has_table<T>::value)
      decode_struct(json, value);
    else
      json.get_to(value);
  }
  static void decode_text(const Json& json, T& value) {
    const auto text = json.get<std::string>();
    const auto parsed = T::parse(text);
    if (!parsed) refuse("not understood: '" + text + "'");
    value = *parsed;
  }
};

template <>
struct Codec<Duration> {
  static Json encode(const Duration& value) { return to_string(value); }
  static void decode(const Json& json, Duration& value) {
    const auto parsed = parse_duration(json.get<std::string>());
    if (!parsed) refuse("not a duration: " + json.dump());
    value = *parsed;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static Json encode(const std::optional<T>& value) { return value ? fields::encode(*value) : Json(); }
  static void decode(const Json& json, std::optional<T>& value) {
    value.reset();
    if (!json.is_null()) fields::decode(json, value.emplace());
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static Json encode(const std::vector<T>& values) {
    Json json = Json::array();
    for (const auto& value : values) json.push_back(fields::encode(value));
    return json;
  }
  static void decode(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) refuse("a list was expected, not " + json.dump());
    values.clear();
    for (const auto& item : json) fields::decode(item, values.emplace_back());
  }
};

template <class T>
Json encode(const T& value) {
  return Codec<T>::encode(value);
}
template <class T>
void decode(const Json& json, T& value) {
  Codec<T>::decode(json, value);
}

// --- the tables ---------------------------------------------------------------------------------------------------

template <>
struct Names<InterfaceKind> {
  static constexpr std::pair<InterfaceKind, const char*> names[] = {{InterfaceKind::kEnd, "end"},
                                                                    {InterfaceKind::kVlan, "vlan"},
                                                                    {InterfaceKind::kBridge, "bridge"},
                                                                    {InterfaceKind::kTunnel, "tunnel"},
                                                                    {InterfaceKind::kLoopback, "loopback"}};
};

template <>
struct Names<RouteKind> {
  static constexpr std::pair<RouteKind, const char*> names[] = {{RouteKind::kUnicast, "unicast"},
                                                                {RouteKind::kBlackhole, "blackhole"},
                                                                {RouteKind::kUnreachable, "unreachable"},
                                                                {RouteKind::kThrow, "throw"}};
};

template <>
struct Table<Tag> {
  static constexpr std::tuple fields{always("id", &Tag::id), optional_field("ethertype", &Tag::ethertype)};
};

template <>
struct Table<NextHop> {
  static constexpr std::tuple fields{optional_field("via", &NextHop::via),
                                     optional_field("interface", &NextHop::interface),
                                     optional_field("onlink", &NextHop::onlink)};
};

template <>
struct Table<Route> {
  static constexpr std::tuple fields{always("to", &Route::to),
                                     optional_field("kind", &Route::kind),
                                     optional_field("next_hops", &Route::next_hops),
                                     optional_field("table", &Route::table),
                                     optional_field("metric", &Route::metric),
                                     optional_field("source", &Route::source)};
};

template <>
struct Table<Rule> {
  static constexpr std::tuple fields{
      always("priority", &Rule::priority),         optional_field("in_interface", &Rule::in_interface),
      optional_field("mark", &Rule::mark),         optional_field("mask", &Rule::mask),
      optional_field("from", &Rule::from),         optional_field("to", &Rule::to),
      optional_field("udp_port", &Rule::udp_port), always("table", &Rule::table)};
};

template <>
struct Table<RouteMirror> {
  static constexpr std::tuple fields{optional_field("from_node", &RouteMirror::from_node),
                                     always("from_table", &RouteMirror::from_table),
                                     always("from_protocol", &RouteMirror::from_protocol),
                                     always("to_tables", &RouteMirror::to_tables),
                                     always("metric", &RouteMirror::metric),
                                     optional_field("interface", &RouteMirror::interface),
                                     optional_field("reject", &RouteMirror::reject),
                                     optional_field("accept", &RouteMirror::accept),
                                     optional_field("late_interfaces", &RouteMirror::late_interfaces),
                                     optional_field("delay", &RouteMirror::delay)};
};

template <>
struct Table<Impairment> {
  static constexpr std::tuple fields{optional_field("delay", &Impairment::delay),
                                     optional_field("jitter", &Impairment::jitter),
                                     optional_field("loss", &Impairment::loss),
                                     optional_field("reorder", &Impairment::reorder),
                                     optional_field("duplicate", &Impairment::duplicate),
                                     optional_field("corrupt", &Impairment::corrupt),
                                     optional_field("rate", &Impairment::rate)};
};

template <>
struct Table<End> {
  static constexpr std::tuple fields{always("node", &End::node), always("interface", &End::interface)};
};

template <>
struct Table<Interface> {
  static constexpr std::tuple fields{always("name", &Interface::name),
                                     always("kind", &Interface::kind),
                                     optional_field("mac", &Interface::mac),
                                     optional_field("mtu", &Interface::mtu),
                                     optional_field("addresses", &Interface::addresses),
                                     optional_field("parent", &Interface::parent),
                                     optional_field("tags", &Interface::tags),
                                     optional_field("bridge", &Interface::bridge),
                                     optional_field("up", &Interface::up),
                                     optional_field("hide_hop", &Interface::hide_hop)};
};

template <>
struct Table<File> {
  static constexpr std::tuple fields{always("name", &File::name), always("content", &File::content),
                                     optional_field("secret", &File::secret)};
};

template <>
struct Table<Service> {
  static constexpr std::tuple fields{always("kind", &Service::kind),
                                     always("name", &Service::name),
                                     optional_field("arguments", &Service::arguments),
                                     optional_field("config", &Service::config),
                                     optional_field("after", &Service::after),
                                     optional_field("restart", &Service::restart)};
};

template <>
struct Table<Node> {
  static constexpr std::tuple fields{always("name", &Node::name),
                                     always("role", &Node::role),
                                     optional_field("site", &Node::site),
                                     optional_field("router", &Node::router),
                                     optional_field("interfaces", &Node::interfaces),
                                     optional_field("routes", &Node::routes),
                                     optional_field("rules", &Node::rules),
                                     optional_field("sysctls", &Node::sysctls),
                                     optional_field("nftables", &Node::nftables),
                                     optional_field("mirrors", &Node::mirrors),
                                     optional_field("files", &Node::files),
                                     optional_field("services", &Node::services)};
};

template <>
struct Table<Link> {
  static constexpr std::tuple fields{always("name", &Link::name), always("a", &Link::a), always("b", &Link::b),
                                     optional_field("a_to_b", &Link::a_to_b), optional_field("b_to_a", &Link::b_to_a)};
};

template <>
struct Table<Fact> {
  static constexpr std::tuple fields{always("node", &Fact::node), always("kind", &Fact::kind),
                                     always("subject", &Fact::subject), optional_field("expected", &Fact::expected)};
};

template <>
struct Table<Detection> {
  static constexpr std::tuple fields{always("node", &Detection::node), always("source", &Detection::source),
                                     always("subject", &Detection::subject), always("interval", &Detection::interval),
                                     always("after", &Detection::after)};
};

template <>
struct Table<Plan> {
  static constexpr std::tuple fields{always("lab", &Plan::lab),
                                     optional_field("title", &Plan::title),
                                     always("timers", &Plan::timers),
                                     optional_field("message", &Plan::message),
                                     always("nodes", &Plan::nodes),
                                     always("links", &Plan::links),
                                     optional_field("facts", &Plan::facts),
                                     optional_field("detections", &Plan::detections)};
};

}  // namespace xconn::plan::fields
