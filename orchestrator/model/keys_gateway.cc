// SPDX-License-Identifier: Apache-2.0
// The tables of gateways, what is on their other side, and the connections between.
#include "model/keys.hh"

namespace xconn::model {
namespace {

bool has(const Cursor& at, const char* name) { return at.raw().find(name) != nullptr; }

void finish_gateway(const Cursor& at, void* object) {
  const auto& gateway = *static_cast<Gateway*>(object);
  if (gateway.type == "Vpn") {
    for (const auto* name : {"public-addresses", "internet"})
      if (!has(at, name)) at.fault_at_key(name, "this key is required", "a gateway of type Vpn has it");
    for (const auto* name : {"convergence-delay", "allow-remote-vnet-traffic"})
      if (has(at, name)) at.fault_at_key(name, "only a gateway of type ExpressRoute has this key", "remove it");
  } else if (gateway.type == "ExpressRoute") {
    for (const auto* name : {"public-addresses", "internet", "asn", "active-active", "apipa", "private-address"})
      if (has(at, name)) at.fault_at_key(name, "only a gateway of type Vpn has this key", "remove it");
  }
}

void finish_connection(const Cursor& at, void*) {
  if (has(at, "circuit") == has(at, "local-gateway"))
    return at.fault_at_key(has(at, "circuit") ? "local-gateway" : "circuit",
                           "a connection leads to either a `circuit` or a `local-gateway`",
                           has(at, "circuit") ? "remove one of them" : "add circuit: NAME, or local-gateway: NAME");
  if (has(at, "local-gateway") && !has(at, "psk"))
    at.fault_at_key("psk", "this key is required", "a connection to a local gateway has it");
}

}  // namespace

template <>
const ObjectInfo& object_info<Gateway>() {
  static const ObjectInfo kInfo{
      "gateway",
      "A virtual network gateway of two instances.",
      "gateways:\n  er-gw: {type: ExpressRoute, vnet: hub, sku: ErGw1AZ, instances: [10.1.255.12, 10.1.255.13]}\n  "
      "vpn-gw: {type: Vpn, vnet: hub, sku: VpnGw1AZ, instances: [10.1.255.14, 10.1.255.15], public-addresses: "
      "203.0.113.2, internet: net:azure}",
      {
          key<&Gateway::type, OneOf<kGatewayTypes>>("type", "what it connects to", kRequired),
          key<&Gateway::vnet, ObjectName>("vnet", "one of `vnets`", kRequired),
          key<&Gateway::sku, OneOf<kGatewaySkus>>("sku", "what it can carry"),
          key<&Gateway::instances>("instances", "the two instances' addresses in GatewaySubnet", kRequired),
          key<&Gateway::convergence_delay>("convergence-delay",
                                           "ExpressRoute: until a route that Microsoft's edge withdrew leaves the data "
                                           "path; Azure says up to a minute"),
          key<&Gateway::allow_remote_vnet_traffic>(
              "allow-remote-vnet-traffic",
              "ExpressRoute: it takes the routes of other VNets on its circuits, which the MSEEs pass on"),
          key<&Gateway::public_addresses>("public-addresses", "Vpn: one, or two when active-active"),
          key<&Gateway::internet>("internet", "Vpn: the interface of the Internet's node that they are behind"),
          key<&Gateway::asn>("asn", "Vpn: its AS number; ExpressRoute's is always 65515"),
          key<&Gateway::active_active>("active-active", "Vpn: both instances hold tunnels"),
          key<&Gateway::apipa>(
              "apipa",
              "Vpn: own BGP addresses, 169.254.21.0 to 169.254.22.255, one for each instance; active-standby: one"),
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
      "Azure's picture of a VPN device on-prem.",
      "local-gateways:\n  hq: {address: 198.51.100.2, address-space: [10.9.0.0/16], asn: 65010, bgp-address: 10.9.0.1}",
      {
          key<&LocalGateway::address>("address", "of the device: where its tunnels end", kRequired),
          key<&LocalGateway::address_space>("address-space", "what is routed into the tunnel without BGP"),
          key<&LocalGateway::asn>("asn", "the device's AS number"),
          key<&LocalGateway::bgp_address>("bgp-address", "where the device speaks BGP; not `address`"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<IpsecPolicy>() {
  static const ObjectInfo kInfo{
      "ipsec policy",
      "A custom policy: these proposals and no others.",
      "ipsec-policy: {ike-proposals: aes256-sha256-modp2048, esp-proposals: aes256gcm16}",
      {
          key<&IpsecPolicy::ike_proposals, Proposal>("ike-proposals", "without it, the default policy's"),
          key<&IpsecPolicy::esp_proposals, Proposal>("esp-proposals", "without it, the default policy's"),
          key<&IpsecPolicy::esp_lifetime>("esp-lifetime", "until the CHILD_SA is made anew; at least 300 s"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Connection>() {
  static const ObjectInfo kInfo{
      "connection",
      "Joins a gateway to a circuit, or to a VPN device on-prem.",
      "connections:\n  er1-hub: {gateway: er-gw, circuit: er1}\n  hq-hub: {gateway: vpn-gw, local-gateway: hq, psk: "
      "letmein, bgp: true}",
      {
          key<&Connection::gateway, ObjectName>("gateway", "one of `gateways`", kRequired),
          key<&Connection::circuit, ObjectName>("circuit", "one of `circuits`"),
          key<&Connection::weight>("weight", "ExpressRoute: 0 to 32000; the higher is preferred"),
          key<&Connection::fast_path>("fast-path",
                                      "ExpressRoute: traffic from on-prem passes by the gateway, and so by the user "
                                      "routes of GatewaySubnet"),
          key<&Connection::fast_path_model, OneOf<kFastPathModels>>(
              "fast-path-model",
              "what FastPath knew in that year: in 2025, on ExpressRoute Direct, user routes of GatewaySubnet hold for "
              "it and it reaches peered VNets"),
          key<&Connection::authorization, ObjectName>("authorization",
                                                      "one of the circuit's, when this is another subscription's"),
          key<&Connection::local_gateway, ObjectName>("local-gateway", "one of `local-gateways`"),
          key<&Connection::psk, Psk>("psk", "IPsec: the key that both sides share", kSecret),
          key<&Connection::bgp>("bgp", "IPsec: the two sides speak BGP"),
          key<&Connection::ipsec_policy>("ipsec-policy", "IPsec: without it, Azure's default policy"),
          key<&Connection::dpd_timeout>("dpd-timeout", "IPsec: 9 s to 3600 s of silence until the peer is dead"),
          key<&Connection::use_local_azure_address>("use-local-azure-address",
                                                    "IPsec: from the gateway's private address, over private peering"),
          key<&Connection::mode>("mode",
                                 "IPsec: with ResponderOnly the gateway never calls; with InitiatorOnly it "
                                 "calls always and answers no call"),
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
      "One gateway of a third party, or a pair, that encrypts over private peering: a subnet of its own, tunnels to an "
      "edge, "
      "and a controller that writes routes towards whichever gateway is alive.",
      "encryption-gateways:\n  enc: {subnet: hub/enc, primary: 10.1.2.4, backup: 10.1.2.5, edge: 10.9.1.2, psk: "
      "letmein, "
      "remote-networks: [10.9.0.0/24], local-networks: [10.1.1.0/24], route-tables: [app]}",
      {
          key<&EncryptionGateway::subnet>("subnet", "where the two stand", kRequired),
          key<&EncryptionGateway::primary>("primary", "the first one's address", kRequired),
          key<&EncryptionGateway::backup>("backup", "HA: the second one's address"),
          key<&EncryptionGateway::edge>("edge",
                                        "where the tunnels end on-prem, reached over private peering; a public address "
                                        "is not, unless on-prem announces it there",
                                        kRequired),
          key<&EncryptionGateway::psk, Psk>("psk", "the key that all three share", kRequired | kSecret),
          key<&EncryptionGateway::remote_networks>("remote-networks", "on-prem, behind the edge", kRequired),
          key<&EncryptionGateway::local_networks>("local-networks", "what the edge routes into the tunnels", kRequired),
          key<&EncryptionGateway::route_tables, ObjectName>("route-tables",
                                                            "the `route-tables` that the controller writes", kRequired),
          key<&EncryptionGateway::keepalive>("keepalive", "how often a gateway reports to the controller"),
          key<&EncryptionGateway::detection>("detection", "of silence until the controller takes a gateway for dead"),
      }};
  return kInfo;
}

}  // namespace xconn::model
