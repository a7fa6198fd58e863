// SPDX-License-Identifier: Apache-2.0
// Azure's numbers and names, each with the page of Microsoft Learn that states it. Code has them from here only; texts
// for users (rules, keys, examples) write them out.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xconn::azure {

constexpr std::uint64_t kMbps = 1'000'000, kGbps = 1'000 * kMbps;  ///< bits per second

// --- AS numbers and communities --------------------------------------------------------------------------------------

constexpr std::uint32_t kMicrosoftAsn = 12076;  ///< of every MSEE: "ExpressRoute routing requirements"
constexpr std::uint32_t kGatewayAsn = 65515;    ///< of virtual network gateways: "About BGP and VPN Gateway"
constexpr std::uint32_t kServiceAsn = 8075;     ///< of Microsoft's public network: "Set up Internet peering"

struct AsnBlock {
  std::uint32_t first, last;
};
/// None of a customer's on a peering: Azure's own, 23456 (AS_TRANS) and those for documentation ("ExpressRoute routing
/// requirements", "About BGP and VPN Gateway"). Microsoft's pages once printed 4294967295 with a digit lost: 429496729
/// is an AS number as any other.
constexpr std::array<AsnBlock, 6> kReservedAsns{
    {{8074, 8075}, {12076, 12076}, {23456, 23456}, {64496, 64511}, {65515, 65520}, {65535, 65551}}};
/// None of a VPN device's: "About BGP and VPN Gateway".
constexpr std::array<AsnBlock, 5> kReservedVpnAsns{
    {{8074, 8075}, {12076, 12076}, {23456, 23456}, {65515, 65515}, {65517, 65520}}};

template <std::size_t Size>
bool is_among(std::uint32_t asn, const std::array<AsnBlock, Size>& blocks) {
  return std::ranges::any_of(blocks, [&](const AsnBlock& one) { return asn >= one.first && asn <= one.last; });
}

/// "12076:51004"
inline std::string community(int value) { return std::to_string(kMicrosoftAsn) + ":" + std::to_string(value); }
/// With a region's digits behind it: "Configure custom BGP communities for Azure ExpressRoute private peering".
constexpr int kPrivateRegion = 50000;
/// Of Exchange Online, SharePoint Online, Skype for Business and other Office 365: "ExpressRoute routing requirements".
constexpr std::array<int, 4> kOfficeServices{5010, 5020, 5030, 5100};

// --- addresses -------------------------------------------------------------------------------------------------------

/// Whence probes, DNS and DHCP come: "What is IP address 168.63.129.16?"
inline constexpr const char* kPlatformAddress = "168.63.129.16";
/// Of each subnet the first four and the last are Azure's: "Virtual network FAQ".
constexpr std::uint32_t kKeptAddresses = 4;
inline constexpr const char* kGatewaySubnet = "GatewaySubnet";
/// In GatewaySubnet the first circuit's MSEEs are .4 and .5, a gateway's instances .12 and .13: no page says so, the
/// read-outs of real gateways show it.
constexpr std::uint32_t kFirstMsee = 4, kFirstInstance = 12;
constexpr std::size_t kInstances = 2;
/// The longest GatewaySubnet, and with gateways of both types: "ExpressRoute and VPN coexistence".
constexpr int kGatewaySubnetLength = 29, kCoexistenceLength = 27;
/// Of other subnets: "Virtual network FAQ".
constexpr int kSubnetLength = 29, kSubnetLengthV6 = 64;
/// Whence a VPN gateway's own BGP addresses are taken: "About BGP and VPN Gateway".
inline constexpr const char *kFirstApipa = "169.254.21.0", *kLastApipa = "169.254.22.255";
/// Of a peering's path, of the pair of paths, and of Global Reach: "ExpressRoute routing requirements".
constexpr int kPathLength = 30, kPathLengthV6 = 126, kPairLength = 29, kPairLengthV6 = 125, kReachLength = 29;

// --- ExpressRoute ----------------------------------------------------------------------------------------------------

/// "ExpressRoute overview", bandwidth options; "About ExpressRoute Direct".
constexpr std::array<std::uint64_t, 8> kProviderBandwidths{50 * kMbps, 100 * kMbps, 200 * kMbps, 500 * kMbps,
                                                           kGbps,      2 * kGbps,   5 * kGbps,   10 * kGbps};
constexpr std::array<std::uint64_t, 4> kDirect10Bandwidths{kGbps, 2 * kGbps, 5 * kGbps, 10 * kGbps},
    kDirect100Bandwidths{5 * kGbps, 10 * kGbps, 40 * kGbps, 100 * kGbps};

/// Prefixes that a session takes from the customer; one more ends it ("Azure subscription and service limits",
/// ExpressRoute).
constexpr std::uint32_t kStandardRoutes = 4000, kPremiumRoutes = 10000, kV6Routes = 100, kMicrosoftRoutes = 200;
/// Prefixes that a VNet may announce to a circuit: the same page.
constexpr std::uint32_t kVnetRoutes = 1000, kVnetV6Routes = 100;

/// VNets and Global Reach links that a circuit takes: the same page. A Premium one by its bandwidth.
struct LinksOfCircuit {
  std::uint64_t bandwidth;
  std::size_t links;
};
constexpr std::size_t kStandardLinks = 10, kMostLinks = 100;
constexpr std::array<LinksOfCircuit, 7> kPremiumLinks{{{50 * kMbps, 20},
                                                       {200 * kMbps, 25},
                                                       {500 * kMbps, 40},
                                                       {kGbps, 50},
                                                       {2 * kGbps, 60},
                                                       {5 * kGbps, 75},
                                                       {10 * kGbps, kMostLinks}}};
constexpr std::size_t kCircuitsFromOneLocation = 4;  ///< to one VNet: the same page
constexpr std::size_t kLinkedAddressSpaces = 200;    ///< "Link a virtual network to an ExpressRoute circuit"
constexpr std::size_t kMd5Length = 25;               ///< at most: "Create and modify peering"
constexpr int kMostWeight = 32000;                   ///< of a connection: "Optimize ExpressRoute routing"

/// "About ExpressRoute virtual network gateways", "About VPN Gateway configuration settings"; Standard and
/// HighPerformance are old SKUs of both types.
enum class GatewaySku {
  kStandard,
  kHighPerformance,
  kUltraPerformance,
  kErGw1AZ,
  kErGw2AZ,
  kErGw3AZ,
  kErGwScale,
  kBasic,
  kVpnGw1,
  kVpnGw2,
  kVpnGw3,
  kVpnGw4,
  kVpnGw5,
  kVpnGw1AZ,
  kVpnGw2AZ,
  kVpnGw3AZ,
  kVpnGw4AZ,
  kVpnGw5AZ,
};

/// What a gateway learns at most, carries, and how many circuits it takes ("About ExpressRoute virtual network
/// gateways", "Azure subscription and service limits"); whether it may be passed by ("About ExpressRoute FastPath").
struct GatewayLimits {
  GatewaySku sku;
  std::uint32_t routes;
  std::uint64_t rate;
  std::size_t circuits;
  bool fast_path;
};
constexpr std::array<GatewayLimits, 7> kGatewayLimits{{{GatewaySku::kStandard, 4000, kGbps, 4, false},
                                                       {GatewaySku::kErGw1AZ, 4000, kGbps, 4, false},
                                                       {GatewaySku::kHighPerformance, 9500, 2 * kGbps, 8, false},
                                                       {GatewaySku::kErGw2AZ, 9500, 2 * kGbps, 8, false},
                                                       {GatewaySku::kUltraPerformance, 9500, 10 * kGbps, 16, true},
                                                       {GatewaySku::kErGw3AZ, 9500, 10 * kGbps, 16, true},
                                                       {GatewaySku::kErGwScale, 60000, 40 * kGbps, 16, true}}};
/// nullptr: it is none of ExpressRoute's, or not said.
inline const GatewayLimits* limits_of(std::optional<GatewaySku> sku) {
  const auto* found = std::ranges::find(kGatewayLimits, sku, &GatewayLimits::sku);
  return found == kGatewayLimits.end() ? nullptr : found;
}

/// Weights in a gateway's read-outs: of its own and VPN routes, and of ExpressRoute's ("BGP diagnostics").
constexpr int kOwnWeight = 32768, kExpressRouteWeight = 32769;

// --- VPN gateways, VNets ---------------------------------------------------------------------------------------------

constexpr bool is_vpn_sku(GatewaySku sku) {
  return sku == GatewaySku::kStandard || sku == GatewaySku::kHighPerformance || sku >= GatewaySku::kBasic;
}
constexpr bool is_zone_redundant(GatewaySku sku) { return sku >= GatewaySku::kVpnGw1AZ; }
constexpr std::uint32_t kVpnRoutes = 4000;  ///< from a BGP peer; one more ends the session: "About BGP and VPN Gateway"

/// "Azure subscription and service limits", networking.
constexpr std::size_t kPeeringsOfVnet = 500, kRoutesOfTable = 400, kRulesOfGroup = 1000;
constexpr int kFirstPriority = 100, kLastPriority = 4096;  ///< of security rules: "Network security groups overview"

}  // namespace xconn::azure
