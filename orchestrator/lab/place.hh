// SPDX-License-Identifier: Apache-2.0
// Where a flow begins or ends, in a drill's words: NODE, NODE:INTERFACE, or an address.
#pragma once

#include <optional>
#include <string>

#include "base/address.hh"
#include "plan/plan.hh"

namespace xconn::lab {

struct Place {
  std::string node;
  std::optional<Address> address;
  std::string fault;  ///< why there is no such place; empty when there is
};

Place place_of(const plan::Plan& plan, const std::string& word);

}  // namespace xconn::lab
