// SPDX-License-Identifier: Apache-2.0
// Text of a drill file to YAML, within bounds.
#pragma once

#include <optional>
#include <string>

#include "drill/reader.hh"

namespace xconn::drill {

/// nullopt when it is none that can be read; then `findings` says why, and quotes nothing of a file that is no drill.
/// Bounds: 16 levels, 100,000 values once aliases are resolved.
std::optional<YAML::Node> parse(const std::string& text, const std::string& file, Findings& findings);

}  // namespace xconn::drill
