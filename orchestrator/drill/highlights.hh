// SPDX-License-Identifier: Apache-2.0
// What a person reads of a timeline that has more than a screen holds. Pure.
#pragma once

#include <vector>

#include "drill/report.hh"

namespace xconn::drill {

constexpr std::size_t kMostRows = 25;

/// Every cause, however many; of a change, the command is one and its single steps are not. Then, up to kMostRows, what
/// each source of each node said first, and what weighs most. What is left out is counted: in the last row kept of the
/// same source and node, else in a row at the end.
std::vector<Row> highlights(const std::vector<Row>& timeline);

}  // namespace xconn::drill
