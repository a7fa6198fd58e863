// SPDX-License-Identifier: Apache-2.0
// What somebody may have meant by a word that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xconn {

/// "did you mean 'gateway'", or "" when no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace xconn
