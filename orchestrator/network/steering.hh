// SPDX-License-Identifier: Apache-2.0
// What follows from the steering of an SD-WAN edge.
#pragma once

#include <string>
#include <vector>

#include "network/sdwan.hh"

namespace xconn::network {

/// Those that a rule names, then those of its zones, each once. Every zone is one of the edge's.
std::vector<std::string> members_of(const Sdwan& sdwan, const SdwanRule& rule);

}  // namespace xconn::network
