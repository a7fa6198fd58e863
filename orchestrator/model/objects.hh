// SPDX-License-Identifier: Apache-2.0
// The objects of a document as commands name them: "circuit er1", "peering er1 private". What an object may have is the
// business of keys.hh.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/document.hh"

namespace xconn::model {

/// Where objects of a kind stand in a document; "*" is a name that the user gives.
struct ObjectKind {
  std::string_view word, help;
  std::vector<std::string_view> way;

  std::size_t names() const;  ///< how many words name one
  KeyPath path(const std::vector<std::string>& names) const;
};

std::span<const ObjectKind> object_kinds();
/// nullptr when there is none.
const ObjectKind* find_object_kind(std::string_view word);

/// All of a kind with the words that name them: "er1", "er1 private".
std::vector<std::string> object_names(const ObjectKind& kind, const Document& document);

}  // namespace xconn::model
