// SPDX-License-Identifier: Apache-2.0
// What the service tags of a NIC's security rules stand for at this moment, as the fabric has it.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/address.hh"

namespace xconn::az {

class ServiceTags {
 public:
  /// `ruleset` and `routes` are the fabric's, the latter of its main table: what gateways taught stands there.
  ServiceTags(const nlohmann::json& ruleset, std::size_t subnet, const nlohmann::json& routes);
  /// nullopt when that is no service tag.
  std::optional<std::vector<Prefix>> prefixes_of(std::string_view word) const;

 private:
  std::vector<Prefix> virtual_network_, internet_;
};

}  // namespace xconn::az
