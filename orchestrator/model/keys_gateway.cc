// SPDX-License-Identifier: Apache-2.0
// The tables of gateways, what is on their other side, and the connections between.
#include "model/keys.hh"

namespace xconn::model {
namespace {

bool has(const Cursor& at, const char* name) { return at.raw().find(name) != nullptr; }

void finish_gateway(const Cursor& at, void* object) {
  const auto& gateway = *static_cast<Gateway*>(object);
  if (gateway.type == GatewayType::kVpn) {
    for (const auto* name : {"public-addresses", "internet"})
      if (!has(at, name)) at.fault_at_key(name, "this key is required", "a gateway of type Vpn has it");
    for (const auto* name : {"convergence-delay", "allow-remote-vnet-traffic"})
      if (has(at, name)) at.fault_at_key(name, "only a gateway of type ExpressRoute has this key", "remove it");
  } else if (gateway.type == GatewayType::kExpressRoute) {
    for (const auto* name : {"public-addresses", "internet", "asn", "active-active", "apipa", "private-address"})
      if (has(at, name)) at.fault_at_key(name, "only a gateway of type Vpn has this key", "remove it");
  }
}

void finish_connection(const Cursor& at, void*) {
  if (has(at, "circuit") == has(at, "local-gateway"))
    return at.fault_at_key(has(at, "circuit") ? "local-gateway" : "circuit",
                           "a connection has either a `circuit` or a `local-gateway`",
                           has(at, "circuit") ? "remove one of them" : "add circuit: NAME, or local-gateway: NAME");
  if (has(at, "local-gateway") && !has(at, "psk"))
    at.fault_at_key("psk", "this key is required", "a connection to a local gateway has it");
}

}  // namespace

template <>
const ObjectInfo& object_info<Gateway>() {
  static const ObjectInfo kInfo{
      "gateway",
      "A virtual network gateway, with two instances.",
      "gateways:\n  er-gw: {type: ExpressRoute, vnet: hub, sku: ErGw1AZ, instances: [10.1.255.12, 10.1.255.13]}\n  "
      "vpn-gw: {type: Vpn, vnet: hub, sku: VpnGw1AZ, instances: [10.1.255.14, 10.1.255.15], public-addresses: "
      "203.0.113.2, internet: net:azure}",
      {
          key<&Gateway::type>("type", "ExpressRoute or Vpn", kRequired),
          key<&Gateway::vnet, ObjectName>("vnet", "one of `vnets`", kRequired),
          key<&Gateway::sku>("sku", "the SKU: its limits of routes, bandwidth and circuits"),
          key<&Gateway::instances>("instances", "the two instances' addresses in GatewaySubnet", kRequired),
          key<&Gateway::convergence_delay>(
              "convergence-delay",
              "ExpressRoute: how long the data path keeps a route after the MSEE has withdrawn it; "
              "Azure says up to a minute"),
          key<&Gateway::allow_remote_vnet_traffic>(
              "allow-remote-vnet-traffic",
              "ExpressRoute: accept routes of other VNets on the same circuits, which the MSEEs pass on"),
          key<&Gateway::public_addresses>("public-addresses", "Vpn: one, or two when active-active"),
          key<&Gateway::internet>("internet",
                                  "Vpn: the Internet node's interface behind which the public addresses are"),
          key<&Gateway::asn>("asn", "Vpn: its AS number; an ExpressRoute gateway's is always 65515"),
          key<&Gateway::active_active>("active-active", "Vpn: both instances have tunnels"),
          key<&Gateway::apipa>(
              "apipa",
              "Vpn: custom BGP addresses, 169.254.21.0 to 169.254.22.255, one for each instance; one in "
              "all if active-standby"),
          key<&Gateway::private_address>("private-address",
                                         "Vpn: tunnels may also end at `instances`, over private peering"),
      },
      nullptr,
      {},
      {},
      finish_gateway};
  return kInfo;
}

template <>
const ObjectInfo& object_info<LocalGateway>() {
  static const ObjectInfo kInfo{
      "local gateway",
      "An on-premises VPN device, as Azure sees it.",
      "local-gateways:\n  hq: {address: 198.51.100.2, address-space: [10.9.0.0/16], asn: 65010, bgp-address: 10.9.0.1}",
      {
          key<&LocalGateway::address>("address", "the device's public address: where its tunnels end", kRequired),
          key<&LocalGateway::address_space>("address-space", "prefixes routed into the tunnel, without BGP"),
          key<&LocalGateway::asn>("asn", "the device's AS number"),
          key<&LocalGateway::bgp_address>("bgp-address", "the device's BGP peer address; not the same as `address`"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<IpsecPolicy>() {
  static const ObjectInfo kInfo{
      "ipsec policy",
      "A custom IPsec policy: these proposals and no others.",
      "ipsec-policy: {ike-proposals: aes256-sha256-modp2048, esp-proposals: aes256gcm16}",
      {
          key<&IpsecPolicy::ike_proposals, Proposal>("ike-proposals", "by default, those of the default policy"),
          key<&IpsecPolicy::esp_proposals, Proposal>("esp-proposals", "by default, those of the default policy"),
          key<&IpsecPolicy::esp_lifetime>("esp-lifetime", "how long until the CHILD_SA is rekeyed; at least 300 s"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Connection>() {
  static const ObjectInfo kInfo{
      "connection",
      "Connects a gateway to a circuit, or to an on-premises VPN device.",
      "connections:\n  er1-hub: {gateway: er-gw, circuit: er1}\n  hq-hub: {gateway: vpn-gw, local-gateway: hq, psk: "
      "letmein, bgp: true}",
      {
          key<&Connection::gateway, ObjectName>("gateway", "one of `gateways`", kRequired),
          key<&Connection::circuit, ObjectName>("circuit", "one of `circuits`"),
          key<&Connection::weight>("weight", "ExpressRoute: 0 to 32000; the highest is preferred"),
          key<&Connection::fast_path>(
              "fast-path",
              "ExpressRoute: traffic from on-premises bypasses the gateway, and so the user routes of "
              "GatewaySubnet"),
          key<&Connection::fast_path_model>(
              "fast-path-model",
              "FastPath's features of that year: since 2025, on ExpressRoute Direct, it honors the user "
              "routes of GatewaySubnet and reaches peered VNets"),
          key<&Connection::authorization, ObjectName>(
              "authorization", "one of the circuit's authorizations, if the connection is in another subscription"),
          key<&Connection::local_gateway, ObjectName>("local-gateway", "one of `local-gateways`"),
          key<&Connection::psk, Psk>("psk", "IPsec: the pre-shared key", kSecret),
          key<&Connection::bgp>("bgp", "IPsec: exchange routes with BGP"),
          key<&Connection::ipsec_policy>("ipsec-policy", "IPsec: a custom policy; by default, Azure's"),
          key<&Connection::dpd_timeout>(
              "dpd-timeout", "IPsec: how long the peer may be silent before it is declared dead; 9 s to 3600 s"),
          key<&Connection::use_local_azure_address>("use-local-azure-address",
                                                    "IPsec: from the gateway's private address, over private peering"),
          key<&Connection::mode>(
              "mode",
              "IPsec: with ResponderOnly the gateway never initiates IKE; with InitiatorOnly it always "
              "does, and rejects the peer's requests"),
      },
      nullptr,
      {},
      {},
      finish_connection};
  return kInfo;
}

template <>
const ObjectInfo& object_info<EncryptionGateway>() {
  static const ObjectInfo kInfo{
      "encryption gateway",
      "A third-party gateway, or a pair, that encrypts over private peering: a subnet of its "
      "own, tunnels to an on-premises edge, and a controller that points routes at whichever "
      "gateway is alive.",
      "encryption-gateways:\n  enc: {subnet: hub/enc, primary: 10.1.2.4, backup: 10.1.2.5, edge: 10.9.1.2, psk: "
      "letmein, "
      "remote-networks: [10.9.0.0/24], local-networks: [10.1.1.0/24], route-tables: [app]}",
      {
          key<&EncryptionGateway::subnet>("subnet", "the gateways' subnet", kRequired),
          key<&EncryptionGateway::primary>("primary", "the primary gateway's address", kRequired),
          key<&EncryptionGateway::backup>("backup", "HA: the backup gateway's address"),
          key<&EncryptionGateway::edge>(
              "edge",
              "the tunnels' on-premises endpoint, reached over private peering; a public address only "
              "if on-premises announces it there",
              kRequired),
          key<&EncryptionGateway::psk, Psk>("psk", "the pre-shared key of both gateways and the edge",
                                            kRequired | kSecret),
          key<&EncryptionGateway::remote_networks>("remote-networks", "on-premises networks behind the edge",
                                                   kRequired),
          key<&EncryptionGateway::local_networks>("local-networks",
                                                  "Azure networks that the edge routes into the tunnels", kRequired),
          key<&EncryptionGateway::route_tables, ObjectName>(
              "route-tables", "the `route-tables` that the controller updates", kRequired),
          key<&EncryptionGateway::keepalive>("keepalive", "how often a gateway sends a keepalive to the controller"),
          key<&EncryptionGateway::detection>("detection",
                                             "how long a gateway may be silent before the controller declares it dead"),
      }};
  return kInfo;
}

}  // namespace xconn::model
