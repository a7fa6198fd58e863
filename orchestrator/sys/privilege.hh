#pragma once

#include <string>

namespace xconn::sys {

/// What gives this process the capabilities that it was refused: to be root, or, of root in a container that has taken
/// them away, the container's own options. `command` is what to run: "xconn up ...".
std::string privilege_remedy(const std::string& command = "xconn ...");

}  // namespace xconn::sys
