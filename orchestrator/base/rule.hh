// SPDX-License-Identifier: Apache-2.0
// What messages say of a rule of docs/rules.md. All rules stand in model/rules.cc; those of the layers below it, which
// know no topology, begin here.
#pragma once

#include <string_view>

namespace xconn {

struct RuleText {
  std::string_view code;       ///< "V15"
  std::string_view statement;  ///< a full clause
  std::string_view source;     ///< the public document it comes from
};

inline constexpr std::string_view kCommonErrors =
    "Microsoft Learn: Troubleshoot common Azure network resource provider errors";
inline constexpr std::string_view kAnotherOperation = "AnotherOperationInProgress";

/// The agent's own: it takes one change at a time.
inline constexpr RuleText kOneChange{"V37", "one change of a lab at a time; a second one meanwhile is refused",
                                     kCommonErrors};

}  // namespace xconn
