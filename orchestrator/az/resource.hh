// SPDX-License-Identifier: Apache-2.0
// Identities of Azure's resources. A lab is one subscription with one resource group, named as the lab. Every GUID is
// made from names, so that two runs compare.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "az/command.hh"

namespace xconn::az {

/// path: "virtualNetworks/hub/subnets/app"
std::string id_of(const Query& query, const std::string& path);
std::string guid_of(const Query& query, const std::string& path);
/// {"id", "resourceGroup"}: how one resource names another.
nlohmann::json reference(const Query& query, const std::string& path);
/// What every resource has: etag, id, name, provisioningState, resourceGroup, type.
nlohmann::json resource(const Query& query, const std::string& path);
/// The region of its VNet; empty when that is not said.
std::string location_of(const Query& query, const model::Gateway& gateway);
/// The last name in an identity.
std::string name_in(const std::string& id);

/// Azure's names have no case. nullptr when nothing is called that.
bool same_name(const std::string& a, const std::string& b);
template <class List>
auto* find_named(List& list, const std::string& name) {
  for (auto& item : list)
    if (same_name(item.name, name)) return &item;
  return static_cast<decltype(&list.front())>(nullptr);
}

}  // namespace xconn::az
