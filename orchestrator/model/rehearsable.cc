// SPDX-License-Identifier: Apache-2.0
#include "model/rules.hh"

namespace xconn::model {
namespace {

/// What two sides, or two parties, can have wrong in the field while each device takes it. The others say what no
/// device takes, or what the lab could not be built of.
constexpr Rehearsable kRehearsable[] = {
    {"T12", "give an interface the first or last address of its network"},
    {"T13", "give two interfaces of a segment the same address"},
    {"T14", "write a route `via` an address of no network of the node"},
    {"T17", "give a VNet a prefix of another VNet, or of a network outside Azure"},
    {"T20",
     "give the customer's router another `bgp.asn` than the peering's `peer-asn`, or know an MSEE by another `asn`"},
    {"T21", "write an `md5` that is longer, or has other characters, than Azure takes"},
    {"T27", "let the two ends of a session name another `asn` or `password`, or leave one end out"},
    {"T28", "name an external neighbor that is on no network of the node"},
    {"T29", "give the two ends of a tunnel another `psk`, or let none `initiate`"},
    {"T34", "give the provider's router another `bgp.asn` than the peering's `peer-asn`"},
    {"T40", "leave the provider's router out of the BGP neighbors of the customer's node, or give its port no address"},
    {"T49", "give two interfaces of a node overlapping networks"},
    {"T50", "give the two ends of a link addresses of different networks, such as two /30"},
    {"T52", "let a tunnel's `remote` be an address that nobody has"},
    {"T53", "connect a gateway to a `local-gateway` whose device has no tunnel to it"},
    {"T54", "give a gateway a public address that is in no network of the Internet's interface"},
    {"T55", "give the two ends of a tunnel `ike-proposals` or `esp-proposals` with nothing in common"},
    {"T56", "give the two nodes of an HA group another `probe-port`, or a `peer` that is not the other's address"},
    {"V11", "give both paths of a peering the same /30"},
    {"V12", "give the customer's sub-interface the second address of the /30, or none in it"},
    {"V13", "let on-prem announce, or use, a network of a peering or a VNet"},
    {"V14", "give Microsoft peering private networks or prefixes"},
    {"V15", "let a `peer-asn` be one that Azure or IANA reserves"},
    {"V17", "give the customer's sub-interface of one path another `vlan` than the peering's"},
    {"V18", "give a neighbor of the customer's router another `password` than the peering's `md5`"},
    {"V26", "give GatewaySubnet a route table with 0.0.0.0/0, or one without `propagate-bgp`"},
    {"V29",
     "let a user route lead to an address outside the VNet and those peered with it, or to a VPN gateway that the VNet "
     "neither has nor uses"},
    {"V30", "give two peered VNets overlapping address spaces"},
    {"V31", "use the gateways of a VNet that has none"},
    {"V32", "leave `allow-gateway-transit` out of the hub's half"},
    {"V41", "give a VPN device Azure's AS number, or BGP on its public address"},
    {"V44", "write a static route by a member of SD-WAN"},
    {"V45", "leave a health check's server out of the tunnel's selectors"},
    {"V52", "give a `local-gateway` a prefix of the VNet: Azure's own route wins"},
};

}  // namespace

std::span<const Rehearsable> rehearsable_rules() { return kRehearsable; }

}  // namespace xconn::model
