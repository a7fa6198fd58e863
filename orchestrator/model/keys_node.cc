// SPDX-License-Identifier: Apache-2.0
// The tables of plain nodes: interfaces, routes, BGP, files.
#include <filesystem>

#include "model/extends.hh"
#include "model/keys.hh"

namespace xconn::model {
namespace {

// --- interfaces ------------------------------------------------------------------------------------------------------

void read_addresses(const Cursor& at, Interface& interface) {
  std::vector<InterfaceAddress> more;
  detail::read_value<LooseAddress>(at, more);
  interface.addresses.insert(interface.addresses.end(), more.begin(), more.end());
}

bool read_short_interface(const Cursor& at, void* object) {
  auto& interface = *static_cast<Interface*>(object);
  read_addresses(at, interface);
  return true;
}

void finish_interface(const Cursor& at, void* object) {
  const auto& interface = *static_cast<Interface*>(object);
  if (interface.tags.empty() != interface.parent.empty())
    at.fault_at_key(interface.parent.empty() ? "vlan" : "parent", "a sub-interface has both `parent` and `vlan`",
                    interface.parent.empty() ? "add parent: INTERFACE" : "add vlan: NUMBER");
}

bool read_short_tag(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (const auto id = read_word<std::uint16_t>(at)) static_cast<Tag*>(object)->id = *id;
  return true;
}

void read_ethertype(const Cursor& at, Tag& tag) {
  const auto* text = detail::scalar_text(at, Word<Line>::info());
  if (text == nullptr) return;
  if (*text == "0x88a8")
    tag.ethertype = 0x88a8;
  else if (*text != "0x8100")
    at.fault("the type of a tag is 0x8100 (802.1Q) or 0x88a8 (802.1ad)");
}

// --- routes ----------------------------------------------------------------------------------------------------------

void read_via(const Cursor& at, Route& route) {
  std::vector<Address> gateways;
  detail::read_value<Address>(at, gateways);
  const auto interface = route.next_hops.empty() ? std::string{} : route.next_hops.front().interface;
  route.next_hops.clear();
  for (const auto& gateway : gateways) route.next_hops.push_back({gateway, interface, false});
}

void read_route_interface(const Cursor& at, Route& route) {
  const auto name = read_word<InterfaceName>(at);
  if (!name) return;
  if (route.next_hops.empty()) route.next_hops.emplace_back();
  for (auto& hop : route.next_hops) hop.interface = *name;
}

void read_onlink(const Cursor& at, Route& route) {
  const auto onlink = read_word<bool>(at);
  if (onlink.value_or(false))
    for (auto& hop : route.next_hops) hop.onlink = true;
}

template <RouteKind Kind>
void read_route_kind(const Cursor& at, Route& route) {
  if (read_word<bool>(at).value_or(false)) route.kind = Kind;
}

void finish_route(const Cursor& at, void* object) {
  const auto& route = *static_cast<Route*>(object);
  const auto tells_way = at.raw().find("via") != nullptr || at.raw().find("interface") != nullptr;
  if ((route.kind == RouteKind::kUnicast) == tells_way) return;
  at.fault_at_key({}, "a route has either `via` or `interface`, or is `blackhole` or `unreachable`",
                  tells_way ? "remove one of them" : "add via: ADDRESS");
}

// --- BGP, commands, files
// ----------------------------------------------------------------------------------------------

void read_sysctls(const Cursor& at, Node& node) {
  if (!at.raw().is_map()) return at.fault_kind("a map from names to values", "write net.ipv4.ip_forward: 1");
  for (const auto& entry : at.raw().entries) {
    const auto here = at.entry(entry);
    if (!Word<SysctlName>::parse(entry.key))
      here.fault_at_key({}, Word<SysctlName>::info().rule, Word<SysctlName>::info().remedy);
    else if (const auto value = read_word<Line>(here))
      node.sysctls[entry.key] = *value;
  }
}

/// Splits at blanks; '...' and "..." keep them. nullopt when a quote is open at the end.
std::optional<std::vector<std::string>> split_command(const std::string& text) {
  std::vector<std::string> words;
  char quote = 0;
  bool inside = false;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == 0 && is_blank) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c == quote)
      quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else
      words.back() += c;
  }
  return quote == 0 ? std::optional(words) : std::nullopt;
}

void read_command(const Cursor& at, Node& node) {
  std::vector<std::string> argv;
  if (at.raw().is_list()) {
    detail::read_value<Argument>(at, argv);
  } else if (const auto text = read_word<Argument>(at)) {
    const auto words = split_command(*text);
    if (!words) return at.fault("a quote is open at the end of the command");
    argv = *words;
  }
  if (argv.empty() || argv.front().empty())
    return at.fault("a command has at least a program", "write [program, argument, ...] or one text");
  node.commands.push_back(std::move(argv));
}

void read_commands(const Cursor& at, Node& node) {
  if (!at.raw().is_list()) return read_command(at, node);
  for (std::size_t i = 0; i < at.raw().items.size(); ++i) read_command(at.item(i), node);
}

std::optional<std::string> read_content(const Cursor& at) {
  constexpr std::size_t kLargest = 1UL << 20;
  if (!at.raw().is_map()) return read_word<Content>(at);
  const auto* entry = at.raw().find("from-file");
  if (entry == nullptr || at.raw().entries.size() != 1) {
    at.fault_kind("a text or {from-file: PATH}");
    return std::nullopt;
  }
  const auto path = read_word<FilePath>(at.entry(*entry));
  if (!path) return std::nullopt;
  const auto named = at.entry(*entry);
  return slurp(beside(*entry->at.file, *path), kLargest, {named.raw().at.where(), named.path()}, at.findings());
}

template <bool Replace>
void read_file(const Cursor& at, FileOverride& file) {
  if (auto content = read_content(at)) file.content = std::move(*content);
  file.replace = Replace;
}

void finish_file(const Cursor& at, void*) {
  if ((at.raw().find("append") != nullptr) == (at.raw().find("replace") != nullptr))
    at.fault_at_key({}, "a file is either appended to or replaced", "write append: or replace:");
}

TypeInfo content_type() {
  return own_type(
      "text, or `{from-file: path}`",
      R"("anyOf": [{"type": "string"}, {"type": "object", "properties": {"from-file": {"type": "string"}}, "required": ["from-file"], "additionalProperties": false}])");
}

TypeInfo commands_type() {
  return own_type(
      "list of commands: each a text or a list of words",
      R"("type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})");
}

TypeInfo sysctls_type() {
  return own_type("map of text",
                  R"("type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]})");
}

}  // namespace

template <>
const ObjectInfo& object_info<Tag>() {
  static const ObjectInfo kInfo{
      "tag",
      "One 802.1Q tag.",
      "vlan: [{id: 29, type: '0x88a8'}, 28]",
      {
          key<&Tag::id>("id", "the VLAN's number, 1 to 4094", kRequired),
          key<Tag, read_ethertype>("type",
                                   own_type("0x8100 or 0x88a8", R"("enum": ["0x8100", "0x88a8", 33024, 34984])"),
                                   "802.1Q or 802.1ad"),
      },
      read_short_tag,
      "a VLAN's number",
      R"("type": "integer")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Interface>() {
  static const ObjectInfo kInfo{
      "interface",
      "An end of a link, a sub-interface, a bridge, or a NIC in a subnet of a VNet.",
      "interfaces:\n  lan: 10.0.0.1/24\n  wan: {address: 198.51.100.2/30}\n  wan.28: {parent: wan, vlan: 28, address: "
      "192.0.2.1/30}\n  eth0: {subnet: hub/app, address: 10.1.0.4}",
      {
          key<Interface, read_addresses>("address", word_type<LooseAddress>(),
                                         "its address; with `subnet`, the length may be omitted"),
          key<Interface, read_addresses>("addresses", word_type<LooseAddress>(TypeInfo::Shape::kList),
                                         "several of them"),
          key<&Interface::subnet>("subnet", "the VNet subnet that it is attached to"),
          key<&Interface::parent, InterfaceName>("parent", "the interface that this is a sub-interface of"),
          key<&Interface::tags>("vlan", "the sub-interface's VLAN, or two tags with the outer one first"),
          key<&Interface::bridge, InterfaceName>("bridge", "the bridge of this node that it is a port of"),
          key<&Interface::is_bridge, BridgeKind>("kind", "`bridge` creates a learning bridge"),
          key<&Interface::mac>("mac", "MAC address; by default, derived from the names"),
          key<&Interface::mtu, Range<68, 65535>>("mtu", "largest packet in bytes; 1500 by default"),
          key<&Interface::up>("up", "whether it is up at the start"),
          key<&Interface::hide_hop>(
              "hide-hop", "packets that enter here keep their TTL, so that a traceroute does not show the node"),
          key<&Interface::nsg, ObjectName>("nsg", "with `subnet`: the NIC's own network security group, one of `nsgs`"),
          key<&Interface::ip_forwarding>(
              "ip-forwarding",
              "with `subnet`: the NIC may send and receive traffic of other addresses; by default on, "
              "except for hosts"),
      },
      read_short_interface,
      "a map, or its address",
      R"("type": ["string", "array"])",
      finish_interface};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Route>() {
  static const ObjectInfo kInfo{
      "route",
      "A static route.",
      "- {to: 10.2.0.0/16, via: 10.0.0.254}\n- {to: 10.3.0.0/16, via: [10.0.0.2, 10.0.0.3]}\n- {to: default, "
      "blackhole: true}",
      {
          key<&Route::to>("to", "the destination; `default` is 0.0.0.0/0", kRequired),
          key<Route, read_via>("via", word_type<Address>(TypeInfo::Shape::kList),
                               "the next hop, or several of equal cost"),
          key<Route, read_route_interface>("interface", word_type<InterfaceName>(), "the outgoing interface"),
          key<Route, read_onlink>("onlink", word_type<bool>(),
                                  "assume that the next hop is reachable on the interface, whatever its address"),
          key<Route, read_route_kind<RouteKind::kBlackhole>>("blackhole", word_type<bool>(), "drop silently"),
          key<Route, read_route_kind<RouteKind::kUnreachable>>("unreachable", word_type<bool>(),
                                                               "drop, and reply with ICMP unreachable"),
          key<&Route::metric>("metric",
                              "the lowest wins; on a BGP router, the administrative distance: a route of 200 is used "
                              "only while BGP (20) has none"),
          key<&Route::table>("table", "the routing table's number; 254 is main"),
          key<&Route::source>("source", "preferred source address"),
      },
      nullptr,
      {},
      {},
      finish_route};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Rule>() {
  static const ObjectInfo kInfo{"policy rule",
                                "A policy routing rule: which packets use which routing table.",
                                "- {priority: 100, from: 10.0.0.0/24, table: 100}",
                                {
                                    key<&Rule::priority>("priority", "the lowest is evaluated first", kRequired),
                                    key<&Rule::in_interface, InterfaceName>("in", "packets received on this interface"),
                                    key<&Rule::from>("from", "packets from this source"),
                                    key<&Rule::to>("to", "packets to this destination"),
                                    key<&Rule::mark>("mark", "packets with this mark"),
                                    key<&Rule::mask>("mask", "the bits of the mark to compare; required with `mark`"),
                                    key<&Rule::table>("table", "the routing table to use"),
                                }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<BgpNeighbor>() {
  static const ObjectInfo kInfo{
      "bgp neighbor",
      "A BGP session.",
      "- {address: 192.0.2.2, asn: 12076, bfd: true}",
      {
          key<&BgpNeighbor::address>("address", "the neighbor's address", kRequired),
          key<&BgpNeighbor::asn>("asn", "its AS number; iBGP if it is the node's own", kRequired),
          key<&BgpNeighbor::password, Md5Key>("password", "TCP MD5 key (RFC 2385), the same on both sides", kSecret),
          key<&BgpNeighbor::bfd>("bfd", "detect its failure with BFD"),
          key<&BgpNeighbor::passive>("passive", "wait for the neighbor to connect"),
          key<&BgpNeighbor::next_hop_self>("next-hop-self",
                                           "announce routes to it with the node's own address as next hop"),
          key<&BgpNeighbor::route_reflector_client>("route-reflector-client",
                                                    "the neighbor is a route reflector client"),
          key<&BgpNeighbor::remove_private_as>("remove-private-as", "remove private AS numbers from the AS path"),
          key<&BgpNeighbor::as_override>("as-override",
                                         "replace the neighbor's AS number in the path by the node's own"),
          key<&BgpNeighbor::prepend, Range<0, 64>>("prepend", "how many times to prepend the node's AS number"),
          key<&BgpNeighbor::local_preference>("local-preference", "local preference of its routes; the highest wins"),
          key<&BgpNeighbor::accept>("accept", "prefixes to accept from it; by default, all"),
          key<&BgpNeighbor::announce>("announce", "prefixes to announce to it; by default, all"),
          key<&BgpNeighbor::maximum_prefix>("maximum-prefix",
                                            "the most prefixes to accept; one more, and the session is torn down"),
          key<&BgpNeighbor::ebgp_multihop>("ebgp-multihop", "the neighbor is not directly connected"),
          key<&BgpNeighbor::source>("source",
                                    "the session's source address; by default, the address of the outgoing interface"),
          key<&BgpNeighbor::accept_communities, Community>(
              "accept-communities", "only routes with one of these are taken from it; without it, all"),
          key<&BgpNeighbor::set_communities, Community>("set-communities",
                                                        "communities to add to routes announced to it"),
          key<&BgpNeighbor::shutdown>("shutdown", "the session is shut down by configuration"),
          key<&BgpNeighbor::refuse>("refuse", "prefixes not to accept from it, nor any more specific ones"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Bgp>() {
  static const ObjectInfo kInfo{
      "bgp",
      "BGP, by FRR.",
      "bgp:\n  asn: 65001\n  advertise: [10.0.0.0/24]\n  neighbors: [{address: 192.0.2.2, asn: 12076}]",
      {
          key<&Bgp::asn>("asn", "the node's AS number", kRequired),
          key<&Bgp::router_id>("router-id",
                               "by default the loopback's or the first interface's address; among equal paths the one "
                               "with the lowest router ID is best"),
          key<&Bgp::advertise>("advertise", "prefixes to announce, even without a route to them"),
          key<&Bgp::neighbors>("neighbors", "the sessions"),
          key<&Bgp::keepalive>("keepalive", "by default, the timer profile's"),
          key<&Bgp::hold>("hold", "by default, the timer profile's"),
          key<&Bgp::maximum_paths, Range<1, 64>>("maximum-paths", "how many equal-cost paths are used at once"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<FileOverride>() {
  static const ObjectInfo kInfo{
      "file",
      "A change to a configuration file that is generated for the node.",
      "files:\n  frr.conf: {append: \"ip prefix-list mine permit any\\n\"}\n  keepalived.conf: "
      "{replace: {from-file: mine.conf}}",
      {
          key<FileOverride, read_file<false>>("append", content_type(), "text to append"),
          key<FileOverride, read_file<true>>("replace", content_type(), "text to use instead"),
      },
      nullptr,
      {},
      {},
      finish_file};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Node>() {
  static const ObjectInfo kInfo{
      "node",
      "A node: a network namespace, and the daemons of its role.",
      "nodes:\n  hq:\n    role: router\n    interfaces: {lan: 10.0.0.1/24}",
      {
          key<&Node::role, ObjectName>("role", "what the node is: host, switch, router, edge, internet ...", kRequired),
          key<&Node::site, Place>("site", "where it is, for diagrams: on-prem, azure, internet ..."),
          key<&Node::interfaces>(
              "interfaces",
              "its interfaces; a node that declares none has those that links name, as a switch always "
              "does"),
          key<&Node::gateway>("gateway", "next hop of its default route"),
          key<&Node::routes>("routes", "static routes"),
          key<&Node::rules>("rules", "policy routing rules"),
          key<Node, read_sysctls>("sysctls", sysctls_type(), "kernel settings: `net.ipv4.ip_forward: 1`"),
          key<&Node::nftables, Content>("nftables", "additional nftables rules, beside the role's"),
          key<&Node::bgp>("bgp", "BGP"),
          key<&Node::tunnels>("tunnels", "IPsec tunnels"),
          key<&Node::sdwan>("sdwan", "SD-WAN"),
          key<&Node::ha>("ha", "active/passive pair"),
          key<Node, read_commands>(
              "exec", commands_type(),
              "programs started with the node, without a shell; quote arguments that contain spaces"),
          key<&Node::files>("files", "changes to its generated configuration files"),
      }};
  return kInfo;
}

}  // namespace xconn::model
