// SPDX-License-Identifier: Apache-2.0
// The words of a drill file that only a lab can give a meaning to. An expectation about what is not there would hold,
// or fail, whatever happens: whoever has the plan looks them up before anything is built (lab/rehearsal.hh).
#pragma once

#include <string>
#include <vector>

#include "base/errors.hh"

namespace xconn::drill {

/// What a word names.
enum class Named { kNode, kEnd, kPlace, kDestination, kTarget, kSource };

struct Mention {
  Named what = Named::kNode;
  Finding at;      ///< where it stands and what it is; its rule is nobody's yet
  std::string of;  ///< kTarget: the kind of fault; kSource: the node that is to speak, or empty
};

/// Of a file's text, in their order. Throws TopologyError as read_text does.
std::vector<Mention> mentions_of(const std::string& text, const std::string& file);

}  // namespace xconn::drill
