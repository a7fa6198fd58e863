// SPDX-License-Identifier: Apache-2.0
// Facts in the debug log, as they come true and cease to be.
#pragma once

#include <set>
#include <string>

#include "plan/plan.hh"

namespace xconn::lab {

class FactLog {
 public:
  void look(const plan::Fact& fact, bool holds);

 private:
  std::set<std::string> holding_;
};

}  // namespace xconn::lab
