// SPDX-License-Identifier: Apache-2.0
// Terraform's azurerm provider: which of its types is which of ARM's, a row each, and its words in ARM's.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "importing/resources/resource.hh"

namespace xconn::importing {

/// A word that is not ARM's once it is in camel case: "address_space" is addressSpace.addressPrefixes.
struct TerraformWord {
  enum class As { kSame, kFirst, kReference, kReferences, kNot };  ///< kFirst: the one block; kNot: the opposite
  std::string_view from, to;
  As as = As::kSame;
};

struct TerraformType {
  std::string_view type, arm;
  /// Attributes that hold its names, the outermost first. "@x_id": the names in that id.
  std::vector<std::string_view> names;
  std::vector<TerraformWord> words;
};

/// nullptr when there is no row for it.
const TerraformType* find_terraform_type(std::string_view type);

/// What a type's own words do not say: in every block of every type.
std::span<const TerraformWord> terraform_words();

/// "next_hop_type" is nextHopType.
std::string camel_case(std::string_view words);

}  // namespace xconn::importing
