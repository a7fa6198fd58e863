// SPDX-License-Identifier: Apache-2.0
// YAML text to Raw. The .cc is the only file of model/ that sees yaml-cpp.
#pragma once

#include <string>
#include <string_view>

#include "model/findings.hh"
#include "model/raw.hh"

namespace xconn::model {

/// nullptr when the text is no YAML that can be used; then `findings` says why. Faults that leave a usable tree (a key
/// written twice) are reported and the tree is returned. Bounds: 64 levels, a million nodes after aliases are resolved.
RawPtr parse_yaml(std::string_view text, const std::string& file, Findings& findings);

}  // namespace xconn::model
