// SPDX-License-Identifier: Apache-2.0
// Which parameters file is for which template.
#pragma once

#include <vector>

#include "importing/arm/scope.hh"

namespace xconn::importing {

/// For each template its parameters: of the files that are called as it is (hub.parameters.json, hub-parameters.json),
/// else of those that give nothing that it does not declare. What is not clear is a note.
std::vector<ArmParameters> paired_parameters(const std::vector<model::RawPtr>& templates,
                                             const std::vector<model::RawPtr>& files, Notes& notes);

}  // namespace xconn::importing
