// What differs between two configurations of FRR, line by line, for people.
#pragma once

#include <string>
#include <vector>

namespace xconn::plan {

/// "+ router bgp 65001 / network 10.0.0.0/8", "- bgp neighbour 192.0.2.2 AS 65515" (for all the lines of a neighbour
/// that comes or goes). Passwords are not told.
std::vector<std::string> changed_lines(const std::string& before, const std::string& after);

}  // namespace xconn::plan
