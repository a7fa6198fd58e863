// SPDX-License-Identifier: Apache-2.0
// Ids that a plan does not know yet: what its configuration says that they will be.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "importing/resources/resource.hh"

namespace xconn::importing {

/// Where a resource stands: "module.net[0].azurerm_subnet.app[1]".
struct TerraformAddress {
  std::string module;                ///< "module.net[0]." or ""
  std::vector<std::string> modules;  ///< {"net"}
  std::string resource;              ///< "azurerm_subnet.app"
  std::string index;                 ///< "[1]" or ""

  static TerraformAddress parse(const std::string& text);
};

/// Follows the references of expressions to resources.
class TerraformReferences {
 public:
  explicit TerraformReferences(const model::Raw& root);

  /// `id` is what the resource at `address` is.
  void know(const std::string& address, const ResourceId& id) { ids_.emplace(address, id); }
  /// The expressions of a resource, or nullptr: only a plan has them.
  const model::Raw* expressions(const TerraformAddress& address) const;
  /// What all references of an expression name, as ids, as far as they can be followed.
  std::vector<ResourceId> follow(const model::Raw& expression, const TerraformAddress& from) const;

 private:
  const model::Raw* module_of(const std::vector<std::string>& modules) const;
  std::optional<ResourceId> follow(const std::string& reference, const TerraformAddress& from, int depth) const;
  std::optional<ResourceId> resource(const std::string& reference, const TerraformAddress& from) const;
  std::optional<ResourceId> variable(const std::string& name, const TerraformAddress& from, int depth) const;
  std::optional<ResourceId> output(const std::string& reference, const TerraformAddress& from, int depth) const;
  std::optional<ResourceId> first_of(const model::Raw* expression, const TerraformAddress& from, int depth) const;

  const model::Raw* configuration_;
  std::map<std::string, ResourceId> ids_;
};

}  // namespace xconn::importing
