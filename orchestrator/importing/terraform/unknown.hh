// SPDX-License-Identifier: Apache-2.0
// What a plan does not know before it is applied: said, never guessed.
#pragma once

#include <map>
#include <string>

#include "importing/text/notes.hh"
#include "model/raw.hh"

namespace xconn::importing {

class TerraformUnknown {
 public:
  explicit TerraformUnknown(const model::Raw& root);

  /// What of the resource at `address` is not known: `true` in the places of its attributes. nullptr when all is.
  const model::Raw* of(const std::string& address) const;
  /// A note for each attribute that somebody gave (it has an expression) and that nobody knows. Those that references
  /// tell (`is_told`) are none.
  void tell(const std::string& address, const model::Raw* expressions, const model::Position& at,
            bool (*is_told)(std::string_view key), Notes& notes) const;

 private:
  std::map<std::string, const model::Raw*> changes_;  ///< by address
};

}  // namespace xconn::importing
