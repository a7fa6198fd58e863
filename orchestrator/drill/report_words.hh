// SPDX-License-Identifier: Apache-2.0
// The phrases that all written forms of a report share.
#pragma once

#include <string>
#include <vector>

#include "drill/report.hh"

namespace xconn::drill {

std::string outage_words(const FlowResult& flow);            ///< "outage 1.12 s  (forward 1.12 s, reverse 940 ms)"
std::string path_words(const FlowResult& flow);              ///< "path er -> vpn", or empty
std::string host_words(const Report& report);                ///< "host stalled 4 ms (...)"
std::string since_fault(const Report& report, Duration at);  ///< "+0.871"
std::string row_text(const Row& row);                        ///< "msee1 down (3 times)"
std::string row_words(const Row& row);                       ///< the same with its node: "hq-fgt: msee1 down (3 times)"
/// Direction by direction: what a table shows.
std::vector<std::string> direction_cells(const std::string& name, const DirectionResult& direction);
const std::vector<std::string>& direction_titles();

}  // namespace xconn::drill
