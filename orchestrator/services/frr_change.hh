// What to tell a running FRR daemon so that one configuration becomes another. FRR's own frr-reload.py does the same by
// starting a vtysh for each line that goes; here both sides are files that we wrote, so their difference is enough and
// costs one exchange over the daemon's vty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xconn::services {

/// Commands of configuration mode, in order: policy that is new, then what goes (as "no ..."), then what is new, then
/// policy that goes, so that no session is ever without the list that it uses. A line that replaces another is only
/// set. Each section is left by "exit". Empty when nothing differs. Both are as config_of() makes them.
std::vector<std::string> frr_commands(std::string_view before, std::string_view after);

}  // namespace xconn::services
