// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "drill/drill.hh"
#include "drill/reader.hh"

namespace xconn::drill {

/// One entry of `expect:`; a finding for a flow that is not among `flows`. nullopt when it has no meaning.
std::optional<Expectation> read_expectation(Section& section, const std::set<std::string>& flows);

/// One entry of `steady:`: a path without a `when`.
ExpectPath read_steady(Section& section, const std::set<std::string>& flows);

}  // namespace xconn::drill
