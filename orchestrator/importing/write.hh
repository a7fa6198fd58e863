// SPDX-License-Identifier: Apache-2.0
// A draft as the text of a topology.
#pragma once

#include <string>

#include "importing/objects/draft.hh"

namespace xconn::importing {

/// YAML: the same for the same draft; what was assumed has a comment above it.
std::string write(const Draft& draft);

}  // namespace xconn::importing
