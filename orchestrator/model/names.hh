// SPDX-License-Identifier: Apache-2.0
// What the values of Azure's enums are called, in its tools as in a topology.
#pragma once

#include "base/names.hh"
#include "model/azure_objects.hh"

namespace xconn {

template <>
struct Names<model::Connectivity> {
  using Kind = model::Connectivity;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kL2Exchange, "l2-exchange"},
                                                                {Kind::kL2PointToPoint, "l2-point-to-point"},
                                                                {Kind::kManagedL3, "managed-l3"},
                                                                {Kind::kIpVpn, "ipvpn"}};
};

template <>
struct Names<model::Encapsulation> {
  using Kind = model::Encapsulation;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kQinQ, "QinQ"}, {Kind::kDot1Q, "Dot1Q"}};
};

template <>
struct Names<model::PeeringState> {
  using Kind = model::PeeringState;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kEnabled, "Enabled"},
                                                                {Kind::kDisabled, "Disabled"}};
};

template <>
struct Names<model::RoutingRegistry> {
  using Kind = model::RoutingRegistry;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kArin, "ARIN"},       {Kind::kApnic, "APNIC"}, {Kind::kAfrinic, "AFRINIC"}, {Kind::kLacnic, "LACNIC"},
      {Kind::kRipeNcc, "RIPENCC"}, {Kind::kRadb, "RADB"},   {Kind::kAltDb, "ALTDB"},     {Kind::kNone, "NONE"}};
};

template <>
struct Names<model::PrefixValidation> {
  using Kind = model::PrefixValidation;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kNotConfigured, "NotConfigured"},
                                                                {Kind::kConfiguring, "Configuring"},
                                                                {Kind::kConfigured, "Configured"},
                                                                {Kind::kValidationNeeded, "ValidationNeeded"}};
};

template <>
struct Names<model::CircuitSku> {
  using Kind = model::CircuitSku;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kLocal, "Local"}, {Kind::kStandard, "Standard"}, {Kind::kPremium, "Premium"}};
};

template <>
struct Names<model::CircuitFamily> {
  using Kind = model::CircuitFamily;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kMeteredData, "MeteredData"},
                                                                {Kind::kUnlimitedData, "UnlimitedData"}};
};

template <>
struct Names<model::ProviderState> {
  using Kind = model::ProviderState;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kNotProvisioned, "NotProvisioned"},
                                                                {Kind::kProvisioning, "Provisioning"},
                                                                {Kind::kProvisioned, "Provisioned"},
                                                                {Kind::kDeprovisioning, "Deprovisioning"}};
};

template <>
struct Names<model::GatewayType> {
  using Kind = model::GatewayType;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kExpressRoute, "ExpressRoute"},
                                                                {Kind::kVpn, "Vpn"}};
};

template <>
struct Names<azure::GatewaySku> {
  using Kind = azure::GatewaySku;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kStandard, "Standard"},
                                                                {Kind::kHighPerformance, "HighPerformance"},
                                                                {Kind::kUltraPerformance, "UltraPerformance"},
                                                                {Kind::kErGw1AZ, "ErGw1AZ"},
                                                                {Kind::kErGw2AZ, "ErGw2AZ"},
                                                                {Kind::kErGw3AZ, "ErGw3AZ"},
                                                                {Kind::kErGwScale, "ErGwScale"},
                                                                {Kind::kBasic, "Basic"},
                                                                {Kind::kVpnGw1, "VpnGw1"},
                                                                {Kind::kVpnGw2, "VpnGw2"},
                                                                {Kind::kVpnGw3, "VpnGw3"},
                                                                {Kind::kVpnGw4, "VpnGw4"},
                                                                {Kind::kVpnGw5, "VpnGw5"},
                                                                {Kind::kVpnGw1AZ, "VpnGw1AZ"},
                                                                {Kind::kVpnGw2AZ, "VpnGw2AZ"},
                                                                {Kind::kVpnGw3AZ, "VpnGw3AZ"},
                                                                {Kind::kVpnGw4AZ, "VpnGw4AZ"},
                                                                {Kind::kVpnGw5AZ, "VpnGw5AZ"}};
};

template <>
struct Names<model::FastPathModel> {
  using Kind = model::FastPathModel;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::k2020, "2020"}, {Kind::k2025, "2025"}};
};

template <>
struct Names<model::NextHopType> {
  using Kind = model::NextHopType;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kVirtualAppliance, "VirtualAppliance"},
      {Kind::kVnetLocal, "VnetLocal"},
      {Kind::kInternet, "Internet"},
      {Kind::kNone, "None"},
      {Kind::kVirtualNetworkGateway, "VirtualNetworkGateway"}};
};

template <>
struct Names<model::ConnectionMode> {
  using Kind = model::ConnectionMode;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kDefault, "Default"}, {Kind::kInitiatorOnly, "InitiatorOnly"}, {Kind::kResponderOnly, "ResponderOnly"}};
};

}  // namespace xconn
