// SPDX-License-Identifier: Apache-2.0
// YAML text to Raw. The .cc is the only file of model/ that sees yaml-cpp.
#pragma once

#include <string>
#include <string_view>

#include "model/findings.hh"
#include "model/raw.hh"

namespace xconn::model {

/// What is read, and how much of it at most.
struct YamlKind {
  std::string_view name;         ///< "topology"
  std::string_view least;        ///< what an empty file lacks
  std::size_t deepest, largest;  ///< levels; nodes after aliases are resolved
};
inline constexpr YamlKind kTopologyYaml{"topology", "write at least 'name:' and 'nodes:'", 64, 1'000'000};

/// nullptr when the text is no YAML that can be used; then `findings` says why. Faults that leave a usable tree (a key
/// written twice) are reported and the tree is returned.
RawPtr parse_yaml(std::string_view text, const std::string& file, Findings& findings,
                  const YamlKind& kind = kTopologyYaml);

}  // namespace xconn::model
