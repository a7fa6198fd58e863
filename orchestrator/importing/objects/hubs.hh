// SPDX-License-Identifier: Apache-2.0
// What the parts of a Virtual WAN hub share while they are read.
#pragma once

#include <optional>
#include <string>

#include "importing/objects/draft.hh"

namespace xconn::importing {

/// A Route Server has the type of a hub, and belongs to no Virtual WAN.
bool is_route_server(const Resource& resource);

/// Its key(). `id` may name the hub itself, by which Terraform means the default table.
std::string table_of(const ResourceId& id, Draft& draft);

/// Where a connection looks routes up and makes itself known: by default, in its hub's default table and in all of
/// them.
void read_routing(HubMember& member, const ResourceId& hub, Fields& fields, Draft& draft);

/// A subnet of a hub's VNet, around `known` when somebody has that address. Azure shows none of a hub's subnets.
network::SubnetRef subnet_in_hub(model::Vnet& hub, const std::string& name, const std::optional<Address>& known,
                                 Draft& draft);

/// The VNet of the hub that `fields` name in `virtualHub`; nullptr, and a note, when they name none, or it was left
/// out.
model::Vnet* hub_named(Fields& fields, Draft& draft);

}  // namespace xconn::importing
