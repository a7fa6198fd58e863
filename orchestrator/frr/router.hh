// SPDX-License-Identifier: Apache-2.0
// What FRR of a node is to run, as its file, as what each of its daemons reads of it, and as the commands that turn one
// into another. FRR's own frr-reload.py does the last by starting a vtysh for each line that goes; types on both sides
// are enough, and cost one exchange over the daemon's vty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/bgp.hh"

namespace xconn::frr {

struct Router {
  std::string node;
  std::optional<network::Speaker> bgp;
  std::string users_text;  ///< the user's own lines, after all others
  friend bool operator==(const Router&, const Router&) = default;
};

/// frr.conf of all daemons, with notes for whoever reads it. Throws Error for a value that would leave its line.
std::string text(const std::string& node, const network::Speaker& speaker);

/// What `daemon` reads. It would stop understanding at the first section that is not its own: the "exit" of that leaves
/// configuration mode. Has what the timeline needs: microseconds in the log, changes of sessions, BFD's reasons.
std::string text_for(std::string_view daemon, const Router& router);

/// Commands of configuration mode, in order: policy that is new, then what goes (as "no ..."), then what is new, then
/// policy that goes, so that no session is ever without the list that it uses. A value that takes the place of another
/// is only set; each section is left by "exit". bgpd applies changed policy at once. Empty when nothing differs.
std::vector<std::string> commands_for(std::string_view daemon, const Router& before, const Router& after);

}  // namespace xconn::frr
