// One frr.conf for a router, and what each of its daemons is to read of it.
#pragma once

#include <string>
#include <string_view>

namespace xconn::services {

/// The sections of an integrated configuration that `daemon` owns, in their order. The daemons themselves would stop
/// understanding at the first section that is not theirs: its "exit" leaves configuration mode. Lines that no daemon is
/// known to own go to all of them, so that a mistake is refused and not lost. Lines are added for the timeline:
/// microseconds in the log, `bgp log-neighbor-changes` in each `router bgp`, and `debug bfd peer`.
std::string config_of(std::string_view daemon, std::string_view integrated);

}  // namespace xconn::services
