// SPDX-License-Identifier: Apache-2.0
#include "az/resource.hh"

#include <strings.h>

#include "base/guid.hh"

namespace xconn::az {
namespace {

/// "virtualNetworks/hub/subnets/app" -> "virtualNetworks/subnets"
std::string type_in(const std::string& path) {
  std::string type;
  bool is_type = true;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (is_type) type += (type.empty() ? "" : "/") + path.substr(begin, end - begin);
    is_type = !is_type;
    begin = end + 1;
  }
  return type;
}

}  // namespace

std::string id_of(const Query& query, const std::string& path) {
  return "/subscriptions/" + guid_from_name("subscription") + "/resourceGroups/" + query.group() +
         "/providers/Microsoft.Network/" + path;
}

std::string guid_of(const Query& query, const std::string& path) { return guid_from_name(query.group() + "/" + path); }

nlohmann::json reference(const Query& query, const std::string& path) {
  return {{"id", id_of(query, path)}, {"resourceGroup", query.group()}};
}

nlohmann::json resource(const Query& query, const std::string& path) {
  return {{"etag", "W/\"" + guid_of(query, "etag/" + path) + "\""},
          {"id", id_of(query, path)},
          {"name", name_in(path)},
          {"provisioningState", "Succeeded"},
          {"resourceGroup", query.group()},
          {"type", "Microsoft.Network/" + type_in(path)}};
}

std::string location_of(const Query& query, const model::Gateway& gateway) {
  const auto* vnet = find_named(query.topology.vnets, gateway.vnet);
  return vnet == nullptr ? "" : vnet->region;
}

std::string name_in(const std::string& id) { return id.substr(id.rfind('/') + 1); }

bool same_name(const std::string& a, const std::string& b) { return ::strcasecmp(a.c_str(), b.c_str()) == 0; }

}  // namespace xconn::az
