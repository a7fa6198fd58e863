// SPDX-License-Identifier: Apache-2.0
// The table of roles: everything that a node can play, one row each. A new role is a folder here and a row there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nodes/fragment.hh"

namespace xconn::nodes {

struct Role {
  std::string_view name;
  std::string_view description;
  std::string_view site;                   ///< of nodes that name none
  std::vector<std::string_view> sections;  ///< of bgp, tunnels, sdwan, ha, fabric, balancer; the rest every role takes
  void (*make)(const Setting& setting, Fragment& fragment);  ///< adds to what wired() made
};

const std::vector<Role>& roles();

/// nullptr when there is no such role.
const Role* find_role(std::string_view name);

/// The sections that a node uses, by the names above.
std::vector<std::string_view> sections_of(const network::Node& node);

}  // namespace xconn::nodes
