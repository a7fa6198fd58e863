// SPDX-License-Identifier: Apache-2.0
// Where programs are found.
#pragma once

#include <string>
#include <string_view>

namespace xconn::services {

/// The path of one of our own or the system's programs: $XCONN_LIBEXEC, the folder of the running executable and
/// the one that our daemons have beside it (sys/installation.hh), the folders of packages (/usr/libexec/crossconnect,
/// /usr/lib/frr, /usr/lib/ipsec and their like), PATH.
/// Throws HostError with the line that installs it when it is nowhere.
std::string program(std::string_view name);

}  // namespace xconn::services
