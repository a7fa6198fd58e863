// SPDX-License-Identifier: Apache-2.0
// Resources that a template declares and does not deploy: one note for each template, which names what decides.
#pragma once

#include <map>
#include <set>
#include <string>

#include "importing/arm/scope.hh"

namespace xconn::importing {

class ArmHidden {
 public:
  /// `decision` is the condition that is false, or the number of copies that is none.
  void add(const std::string& resource, const model::Raw& decision, const ArmScope& scope);
  void tell(Notes& notes) const;

 private:
  struct OfFile {
    Where where;
    std::set<std::string> resources, parameters;
  };
  std::map<std::string, OfFile> files_;
};

}  // namespace xconn::importing
