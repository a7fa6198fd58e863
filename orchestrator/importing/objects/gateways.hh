// SPDX-License-Identifier: Apache-2.0
// What gateways of VNets and of Virtual WAN hubs have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "importing/objects/draft.hh"

namespace xconn::importing {

/// Those that are not there yet.
void append_new(std::vector<Address>& to, const std::vector<Address>& more);

/// `bgpSettings.bgpPeeringAddresses[i].KEY` of all instances.
std::vector<Address> of_instances(Fields& fields, const char* key);

/// The device of a file may well be another gateway of Azure's; a lab's stands on-prem [V41].
std::optional<Asn> device_asn(Fields& fields, std::string_view path, const std::string& instead);

/// The weight and the bypass of a connection to a circuit.
void read_circuit_connection(model::Connection& connection, Fields& fields);

}  // namespace xconn::importing
