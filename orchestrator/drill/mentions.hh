// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "drill/mention.hh"
#include "model/raw.hh"

namespace xconn::drill {

/// Of a file, in their order.
std::vector<Mention> mentions_of(const model::Raw& root);

}  // namespace xconn::drill
