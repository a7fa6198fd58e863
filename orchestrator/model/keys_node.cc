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
                                         "its address; beside `subnet` the length may be left out"),
          key<Interface, read_addresses>("addresses", word_type<LooseAddress>(TypeInfo::Shape::kList),
                                         "several of them"),
          key<&Interface::subnet>("subnet", "the subnet of a VNet that it is plugged into"),
          key<&Interface::parent, InterfaceName>("parent", "the interface that this is a sub-interface of"),
          key<&Interface::tags>("vlan", "the sub-interface's VLAN, or two tags with the outer one first"),
          key<&Interface::bridge, InterfaceName>("bridge", "the bridge of this node that it is a port of"),
          key<&Interface::is_bridge, BridgeKind>("kind", "`bridge` makes a learning bridge"),
          key<&Interface::mac>("mac", "Ethernet address; without it, one made from the names"),
          key<&Interface::mtu, Range<68, 65535>>("mtu", "largest packet in bytes; without it 1500"),
          key<&Interface::up>("up", "whether it is up from the start"),
          key<&Interface::hide_hop>("hide-hop", "what enters here keeps its TTL: the node shows no hop"),
          key<&Interface::nsg, ObjectName>("nsg", "beside `subnet`: the NIC's own one of `nsgs`"),
          key<&Interface::ip_forwarding>("ip-forwarding",
                                         "beside `subnet`: the NIC may carry what is not from or for its address; "
                                         "without it, on for every role but host"),
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
          key<&Route::to>("to", "where to; `default` is 0.0.0.0/0", kRequired),
          key<Route, read_via>("via", word_type<Address>(TypeInfo::Shape::kList),
                               "the next hop, or several of equal cost"),
          key<Route, read_route_interface>("interface", word_type<InterfaceName>(), "the interface to leave by"),
          key<Route, read_onlink>("onlink", word_type<bool>(),
                                  "the next hop is reachable on that interface whatever its address"),
          key<Route, read_route_kind<RouteKind::kBlackhole>>("blackhole", word_type<bool>(), "drop silently"),
          key<Route, read_route_kind<RouteKind::kUnreachable>>("unreachable", word_type<bool>(), "drop and say so"),
          key<&Route::metric>("metric",
                              "the lower wins; beside BGP its administrative distance: one of 200 stands back while "
                              "BGP (20) has the route"),
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
                                "A policy routing rule: which table decides for which packets.",
                                "- {priority: 100, from: 10.0.0.0/24, table: 100}",
                                {
                                    key<&Rule::priority>("priority", "the lower is asked first", kRequired),
                                    key<&Rule::in_interface, InterfaceName>("in", "packets that came in here"),
                                    key<&Rule::from>("from", "packets from there"),
                                    key<&Rule::to>("to", "packets to there"),
                                    key<&Rule::mark>("mark", "packets with this mark"),
                                    key<&Rule::mask>("mask", "the bits of the mark that count; needed with `mark`"),
                                    key<&Rule::table>("table", "the routing table to look in"),
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
          key<&BgpNeighbor::address>("address", "the neighbour's address", kRequired),
          key<&BgpNeighbor::asn>("asn", "its AS number; the own one makes it iBGP", kRequired),
          key<&BgpNeighbor::password, Md5Key>("password", "TCP MD5 key (RFC 2385), the same on both sides", kSecret),
          key<&BgpNeighbor::bfd>("bfd", "watch it with BFD"),
          key<&BgpNeighbor::passive>("passive", "wait for its call"),
          key<&BgpNeighbor::next_hop_self>("next-hop-self", "announce the own address as next hop"),
          key<&BgpNeighbor::route_reflector_client>("route-reflector-client", "reflect iBGP routes to it"),
          key<&BgpNeighbor::remove_private_as>("remove-private-as", "take private AS numbers out of the path"),
          key<&BgpNeighbor::as_override>("as-override", "put the own AS number in place of its in the path"),
          key<&BgpNeighbor::prepend, Range<0, 64>>("prepend", "the own AS number this many times more"),
          key<&BgpNeighbor::local_preference>("local-preference", "for what it announces; the higher wins"),
          key<&BgpNeighbor::accept>("accept", "prefixes that are taken from it; without it, all"),
          key<&BgpNeighbor::announce>("announce", "prefixes that are announced to it; without it, all"),
          key<&BgpNeighbor::maximum_prefix>("maximum-prefix", "one more and the session is torn down"),
          key<&BgpNeighbor::ebgp_multihop>("ebgp-multihop", "it is on no network of the node"),
          key<&BgpNeighbor::source>("source", "the session's own address; without it, the one towards it"),
          key<&BgpNeighbor::accept_communities, Community>(
              "accept-communities", "only routes with one of these are taken from it; without it, all"),
          key<&BgpNeighbor::set_communities, Community>("set-communities", "added to what is announced to it"),
          key<&BgpNeighbor::shutdown>("shutdown", "held down by its administrator"),
          key<&BgpNeighbor::refuse>("refuse", "networks that are not taken from it, nor anything inside them"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Bgp>() {
  static const ObjectInfo kInfo{
      "bgp",
      "The node speaks BGP (FRR).",
      "bgp:\n  asn: 65001\n  advertise: [10.0.0.0/24]\n  neighbors: [{address: 192.0.2.2, asn: 12076}]",
      {
          key<&Bgp::asn>("asn", "the node's AS number", kRequired),
          key<&Bgp::router_id>("router-id",
                               "without it, the loopback's address or the first interface's; of equal paths the lowest "
                               "id's is the best"),
          key<&Bgp::advertise>("advertise", "prefixes to announce, whether routed or not"),
          key<&Bgp::neighbors>("neighbors", "the sessions"),
          key<&Bgp::keepalive>("keepalive", "without it, the timer profile's"),
          key<&Bgp::hold>("hold", "without it, the timer profile's"),
          key<&Bgp::maximum_paths, Range<1, 64>>("maximum-paths", "routes of equal cost used at once"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<FileOverride>() {
  static const ObjectInfo kInfo{
      "file",
      "What is changed in a file that is rendered for the node.",
      "files:\n  frr.conf: {append: \"ip prefix-list mine permit any\\n\"}\n  keepalived.conf: "
      "{replace: {from-file: mine.conf}}",
      {
          key<FileOverride, read_file<false>>("append", content_type(), "added to its end"),
          key<FileOverride, read_file<true>>("replace", content_type(), "taken instead of it"),
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
      "A machine: a network namespace with what its role runs in it.",
      "nodes:\n  hq:\n    role: router\n    interfaces: {lan: 10.0.0.1/24}",
      {
          key<&Node::role, ObjectName>("role", "what it plays: host, switch, router, edge, internet ...", kRequired),
          key<&Node::site, Place>("site", "where it stands, for people and pictures: on-prem, azure, internet ..."),
          key<&Node::interfaces>(
              "interfaces", "its interfaces; a node that declares none has those that links name, and so has a switch"),
          key<&Node::gateway>("gateway", "next hop of its default route"),
          key<&Node::routes>("routes", "static routes"),
          key<&Node::rules>("rules", "policy routing rules"),
          key<Node, read_sysctls>("sysctls", sysctls_type(), "kernel settings: `net.ipv4.ip_forward: 1`"),
          key<&Node::nftables, Content>("nftables", "own nftables rules, beside the role's"),
          key<&Node::bgp>("bgp", "BGP"),
          key<&Node::tunnels>("tunnels", "IPsec tunnels"),
          key<&Node::sdwan>("sdwan", "SD-WAN"),
          key<&Node::ha>("ha", "active/passive pair"),
          key<Node, read_commands>("exec", commands_type(),
                                   "programs started with the node, no shell; quotes keep blanks"),
          key<&Node::files>("files", "changes to its rendered files"),
      }};
  return kInfo;
}

}  // namespace xconn::model
