// SPDX-License-Identifier: Apache-2.0
// The words of a drill file that only a lab can give a meaning to. An expectation about what is not there would hold,
// or fail, whatever happens: whoever has the plan looks them up before anything is built (lab/rehearsal.hh).
#pragma once

#include <map>
#include <string>

#include "base/errors.hh"

namespace xconn::drill {

/// What a word names. A flow is one of the drill itself: reading looks it up.
enum class Named { kNode, kEnd, kPlace, kDestination, kTarget, kSource, kFlow };

struct Mention {
  Named what = Named::kNode;
  Finding at;                                 ///< where it stands and what it is; its rule is nobody's yet
  std::map<std::string, std::string> beside;  ///< key and word of all that stands in the same map
};

}  // namespace xconn::drill
