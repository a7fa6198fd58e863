// SPDX-License-Identifier: Apache-2.0
// What the values of Azure's enums are called, in its tools as in a topology.
#pragma once

#include "base/names.hh"
#include "model/azure_objects.hh"

namespace xconn {

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
