// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/tunnels.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "base/join.hh"
#include "nodes/edge/pair.hh"
#include "nodes/templates.hh"

namespace xconn::nodes {
namespace {

using Data = kainjow::mustache::data;

std::string comma_separated(const std::vector<std::string>& words, const std::string& otherwise) {
  return words.empty() ? otherwise : join(words, ",");
}

std::string selectors(const std::vector<Prefix>& prefixes) {
  std::vector<std::string> texts;
  for (const auto& prefix : prefixes) texts.push_back(prefix.text());
  return comma_separated(texts, "0.0.0.0/0");
}

/// RFC 4648, as swanctl.conf reads what begins with 0s.
std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j)
      group = group << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kDigits[group >> shift & 63U];
  }
  const auto missing = (3 - bytes.size() % 3) % 3;
  return text.replace(text.size() - missing, missing, missing, '=');
}

Data tunnel_data(const network::Tunnel& tunnel) {
  Data data;
  const std::pair<const char*, std::string> values[] = {
      {"name", tunnel.name},
      {"local", tunnel.local.text()},
      {"remote", tunnel.remote.text()},
      {"psk", base64(tunnel.psk)},
      {"local_selectors", selectors(tunnel.local_selectors)},
      {"remote_selectors", selectors(tunnel.remote_selectors)},
      {"ike_proposals", ike_proposals(tunnel)},
      {"esp_proposals", esp_proposals(tunnel)},
      {"ike_lifetime", seconds(tunnel.ike_lifetime)},
      {"esp_lifetime", seconds(tunnel.esp_lifetime)},
      {"dpd_interval", seconds(tunnel.dpd.interval)},
  };
  for (const auto& [key, value] : values) data.set(key, value);
  data.set("initiates", tunnel.initiate ? Data::type::bool_true : Data::type::bool_false);
  return data;
}

/// An exchange is given up after retries x interval, as an appliance counts it, but asked again more often than that: a
/// peer that was only late is found at once.
struct Retransmission {
  Duration step;
  long tries;
};

Retransmission retransmission(const network::Dpd& dpd) {
  using std::chrono::milliseconds;
  const Duration step = dpd.interval <= std::chrono::seconds(5) ? milliseconds(500) : milliseconds(2000);
  return {step, std::max(1L, static_cast<long>(dpd.interval * dpd.retries / step) - 1)};
}

/// charon has one retransmission setting for all its tunnels: the most impatient one's.
Data node_data(const network::Node& node) {
  const auto& dpd =
      std::ranges::min_element(node.tunnels, {}, [](const auto& tunnel) { return tunnel.dpd.interval; })->dpd;
  const auto [step, tries] = retransmission(dpd);
  Data data, tunnels{Data::type::list};
  data.set("node", node.name);
  data.set("retransmit_tries", std::to_string(tries));
  data.set("retransmit_timeout", step == std::chrono::milliseconds(500) ? "0.5" : "2.0");
  for (const auto& tunnel : node.tunnels) tunnels.push_back(tunnel_data(tunnel));
  data.set("tunnels", tunnels);
  return data;
}

plan::Interface tunnel_interface(const network::Tunnel& tunnel) {
  plan::Interface interface;
  interface.name = tunnel.name;
  interface.kind = plan::InterfaceKind::kTunnel;
  interface.mtu = tunnel.mtu;
  interface.addresses.push_back(tunnel.address);
  return interface;
}

/// A route by way of the peer is one into the tunnel, which has no neighbours.
void add_peer_route(const network::Tunnel& tunnel, plan::Node& node) {
  if (!tunnel.peer_address) return;
  for (auto& each : node.routes)
    for (auto& hop : each.next_hops)
      if (hop.via == tunnel.peer_address && hop.interface.empty()) hop = {{}, tunnel.name, false};
  Route route;
  route.to = Prefix::of(*tunnel.peer_address, tunnel.peer_address->bits());
  route.next_hops.push_back({{}, tunnel.name, false});
  node.routes.push_back(route);
}

bool has_address(const plan::Node& node, const Address& address) {
  return std::ranges::any_of(node.interfaces, [&](const plan::Interface& interface) {
    return std::ranges::count(interface.addresses, address, &InterfaceAddress::address) > 0;
  });
}

bool speaks_from(const network::Node& node, const Address& address) {
  return node.bgp && std::ranges::count(node.bgp->neighbors, address, &network::BgpNeighbor::source) > 0;
}

/// bgpd speaks only from an address that zebra knows of, and zebra may miss that of the tun, which charon makes and the
/// lab renames while zebra starts. On lo it is there before.
void add_source(const Setting& setting, const network::Tunnel& tunnel, Fragment& fragment) {
  const auto& own = tunnel.address.address();
  if (!speaks_from(setting.node, own) || has_address(fragment.node, own)) return;
  if (fragment.find_interface("lo") == nullptr) {
    plan::Interface made;
    made.name = "lo";
    made.kind = plan::InterfaceKind::kLoopback;
    made.mtu = 65536;
    fragment.node.interfaces.push_back(made);
  }
  fragment.find_interface("lo")->addresses.emplace_back(own, own.bits());
}

/// charon has no switch for it, so calls are kept from it.
void refuse_calls(const std::vector<network::Tunnel>& tunnels, plan::Node& node) {
  Data data, refused{Data::type::list};
  for (const auto& tunnel : tunnels)
    if (!tunnel.answers) refused.push_back(Data("remote", tunnel.remote.text()));
  if (refused.list_value().empty()) return;
  data.set("refused", refused);
  node.nftables += rendered("edge/calls.nft", data);
}

}  // namespace

std::string ike_proposals(const network::Tunnel& tunnel) {
  return comma_separated(tunnel.ike_proposals, "aes256-sha256-modp2048");
}

std::string esp_proposals(const network::Tunnel& tunnel) {
  return comma_separated(tunnel.esp_proposals, "aes256gcm16");
}

std::string seconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

void add_tunnels(const Setting& setting, Fragment& fragment) {
  if (setting.node.tunnels.empty()) return;
  const Data data = node_data(setting.node);
  fragment.add_file("strongswan.conf", rendered("edge/strongswan.conf", data));
  fragment.add_file("swanctl.conf", rendered("edge/swanctl.conf", data), true);
  fragment.add_service("strongswan", "charon", "swanctl.conf");
  refuse_calls(setting.node.tunnels, fragment.node);
  for (const auto& tunnel : setting.node.tunnels) {
    const auto [step, tries] = retransmission(tunnel.dpd);
    fragment.add_detection("ike", tunnel.name, step, step * (tries + 1));
    add_source(setting, tunnel, fragment);
    fragment.node.interfaces.push_back(tunnel_interface(tunnel));
    add_peer_route(tunnel, fragment.node);
    if (tunnel.initiate && is_active(setting.network, setting.node))
      fragment.add_fact("child-sa", tunnel.name + "/" + tunnel.name, "INSTALLED");
  }
}

}  // namespace xconn::nodes
