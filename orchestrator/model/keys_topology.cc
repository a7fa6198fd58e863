// SPDX-License-Identifier: Apache-2.0
// The tables of the file itself and of its links.
#include <algorithm>

#include "model/keys.hh"
#include "model/rules.hh"

namespace xconn::model {

struct RuleCode;  ///< of one that may be broken on purpose: a std::string
XCONN_WORD(RuleCode, std::string);

namespace {

bool is_rehearsable(std::string_view code) {
  return std::ranges::count(rehearsable_rules(), code, &Rehearsable::code) > 0;
}

/// Why another rule may not be named, or which there are.
std::string about_rule(std::string_view code) {
  const auto is_it = [&](const RuleRow& row) { return row.code == code && row.when == When::kFile; };
  if (std::ranges::any_of(rules(), is_it)) return std::string(code) + " cannot be named: nothing could be built";
  std::vector<std::string_view> codes;
  for (const auto& each : rehearsable_rules()) codes.push_back(each.code);
  return "use " + one_of(codes);
}

std::string schema_of_codes() {
  std::string text;
  for (const auto& each : rehearsable_rules()) text += (text.empty() ? "\"" : ", \"") + std::string(each.code) + "\"";
  return "\"enum\": [" + text + "]";
}

}  // namespace

XCONN_INFO(RuleCode, {"rule's code", "it is the code of a rule that can be broken and yet built", "", schema_of_codes(),
                      about_rule})
std::optional<std::string> Word<RuleCode>::parse(std::string_view text) {
  return is_rehearsable(text) ? std::optional(std::string(text)) : std::nullopt;
}
std::string Word<RuleCode>::show(const std::string& value) { return value; }

namespace {

void read_extends(const Cursor&, Topology&) {
}  // extends.cc has done it; the row is for the unknown-key check and the reference

/// A rule that is named twice is broken once.
void read_breach(const Cursor& at, Topology& topology) {
  const auto code = read_word<RuleCode>(at);
  const auto is_named = [&](const auto& one) { return one.code == *code; };
  if (code && std::ranges::none_of(topology.expected_breaches, is_named))
    topology.expected_breaches.push_back({at.at().where(), *code});
}

void read_breaches(const Cursor& at, Topology& topology) {
  if (!at.raw().is_list()) return read_breach(at, topology);
  for (std::size_t i = 0; i < at.raw().items.size(); ++i) read_breach(at.item(i), topology);
}

void read_ends(const Cursor& at, Link& link) {
  if (!at.raw().is_list() || at.raw().items.size() != 2)
    return at.fault("a link has two ends", "write [node:interface, node:interface]");
  if (auto a = read_word<End>(at.item(0))) link.a = std::move(*a);
  if (auto b = read_word<End>(at.item(1))) link.b = std::move(*b);
}

void read_restart_of(const Cursor& at, std::string target, Topology& topology) {
  if (auto policy = read_word<OneOf<kRestartPolicies>>(at))
    topology.restarts.push_back({at.at().where(), std::move(target), std::move(*policy)});
}

void read_restarts(const Cursor& at, Topology& topology) {
  if (!at.raw().is_map()) return read_restart_of(at, {}, topology);
  for (const auto& entry : at.raw().entries)
    if (!is_private_key(entry.key)) read_restart_of(at.entry(entry), entry.key, topology);
}

TypeInfo restarts_type() {
  return own_type(
      "`always`, `on-failure` or `never`, or a map to them from NODE or NODE:DAEMON",
      R"("anyOf": [{"enum": ["always", "on-failure", "never"]}, {"type": "object", "additionalProperties": {"enum": ["always", "on-failure", "never"]}}])");
}

// The impairment of both directions is read before those of one, which begin from it.
template <auto Member, class As>
KeyInfo both_ways(std::string_view name, std::string_view doc) {
  using Value = typename Word<As>::Value;
  KeyInfo info{name, {}, doc, 0, word_type<As>(), {}, nullptr};
  info.standard = Word<As>::show(Value{});
  info.read = [](const Cursor& at, void* object) {
    auto& link = *static_cast<Link*>(object);
    if (const auto value = read_word<As>(at)) link.a_to_b.*Member = link.b_to_a.*Member = *value;
  };
  return info;
}

bool read_short_link(const Cursor& at, void* object) {
  if (!at.raw().is_list()) return false;
  read_ends(at, *static_cast<Link*>(object));
  return true;
}

TypeInfo ends_type() {
  return own_type(
      "list of two `node:interface`",
      R"("type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string", "pattern": "^[^:]+:[^:]+$"})");
}

}  // namespace

template <>
const ObjectInfo& object_info<Topology>() {
  static const ObjectInfo kInfo{
      "topology",
      "The file. Keys that begin with `x-` are ignored; use them to hold YAML anchors.",
      "name: branch\nnodes: {...}\nlinks: [...]",
      {
          key<&Topology::name, ObjectName>("name",
                                           "the lab's name; without it, the name of the file's folder or of the file"),
          key<&Topology::title, Line>("title", "one line for people"),
          key<&Topology::message, Message>("message", "printed after `xconn up`"),
          key<&Topology::timers>(
              "timers",
              "`azure`: the documented defaults (BGP 60/180 s, BFD 300 ms x 3); `fast`: the shortest that "
              "the real systems accept (BGP 3/10 s, BFD 100 ms x 3)"),
          key<Topology, read_restarts>(
              "restart", restarts_type(),
              "what daemons do that have ended; without it, what the real ones do: a router's and a firewall's come "
              "back, a command of `exec` does not"),
          key<Topology, read_breaches>("expect-broken", word_type<RuleCode>(TypeInfo::Shape::kList),
                                       "rules that this topology breaks on purpose; it is built all the same, and a "
                                       "rule that holds is an error"),
          key<Topology, read_extends>(
              "extends", own_type("path", R"("type": "string")"),
              "the file that this one changes, relative to this one: maps are merged, lists and "
              "words replaced, `null` removes a key"),
          key<&Topology::nodes>("nodes", "machines, routers, switches: each a network namespace"),
          key<&Topology::links>("links", "cables between interfaces of nodes"),
          key<&Topology::providers>("providers", "connectivity providers of ExpressRoute circuits"),
          key<&Topology::direct_ports>("ports", "ports of ExpressRoute Direct"),
          key<&Topology::circuits>("circuits", "ExpressRoute circuits"),
          key<&Topology::global_reach>("global-reach", "links between circuits"),
          key<&Topology::route_filters>("route-filters", "what Microsoft peerings announce"),
          key<&Topology::public_services>("public-services", "Microsoft's own public prefixes"),
          key<&Topology::vnets>("vnets", "Azure virtual networks"),
          key<&Topology::route_tables>("route-tables", "user-defined routes for subnets"),
          key<&Topology::nsgs>("nsgs", "network security groups"),
          key<&Topology::gateways>("gateways", "virtual network gateways"),
          key<&Topology::local_gateways>("local-gateways", "VPN devices on-prem, as Azure knows them"),
          key<&Topology::connections>("connections", "a gateway's connections to circuits and VPN devices"),
          key<&Topology::encryption_gateways>("encryption-gateways", "gateways that encrypt over private peering"),
          key<&Topology::load_balancers>("load-balancers", "Azure load balancers"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Impairment>() {
  static const ObjectInfo kInfo{
      "impairment",
      "What one direction of a link does to frames.",
      "a-to-b: {delay: 20ms, loss: 1%}",
      {
          key<&Impairment::delay>("delay", "added to each frame"),
          key<&Impairment::jitter>("jitter", "the delay varies by as much, evenly, up and down"),
          key<&Impairment::loss, Fraction>("loss", "share of frames that vanish"),
          key<&Impairment::reorder, Fraction>("reorder", "share of frames that overtake"),
          key<&Impairment::duplicate, Fraction>("duplicate", "share of frames that arrive twice"),
          key<&Impairment::corrupt, Fraction>("corrupt", "share of frames with a wrong bit"),
          key<&Impairment::rate, BitRate>("rate", "the most that passes; without it, no limit"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Link>() {
  static const ObjectInfo kInfo{
      "link",
      "A cable between two interfaces. Impairments hold for both directions; `a-to-b` and `b-to-a` change them for "
      "one.",
      "- [hq:wan, internet:hq]\n- {ends: [hq:wan, internet:hq], delay: 5ms, b-to-a: {rate: 50Mbps}}",
      {
          {"ends",
           "endpoints",
           "its two ends, a and b",
           kRequired,
           ends_type(),
           {},
           [](const Cursor& at, void* object) { read_ends(at, *static_cast<Link*>(object)); }},
          both_ways<&Impairment::delay, Duration>("delay", "added to each frame"),
          both_ways<&Impairment::jitter, Duration>("jitter", "the delay varies by as much, evenly, up and down"),
          both_ways<&Impairment::loss, Fraction>("loss", "share of frames that vanish"),
          both_ways<&Impairment::reorder, Fraction>("reorder", "share of frames that overtake"),
          both_ways<&Impairment::duplicate, Fraction>("duplicate", "share of frames that arrive twice"),
          both_ways<&Impairment::corrupt, Fraction>("corrupt", "share of frames with a wrong bit"),
          both_ways<&Impairment::rate, BitRate>("rate", "the most that passes; without it, no limit"),
          key<&Link::a_to_b>("a-to-b", "what differs from the first end to the second"),
          key<&Link::b_to_a>("b-to-a", "what differs from the second end to the first"),
      },
      read_short_link,
      "a map, or a list of two ends",
      R"("type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string", "pattern": "^[^:]+:[^:]+$"})"};
  return kInfo;
}

}  // namespace xconn::model
