// SPDX-License-Identifier: Apache-2.0
// Speaking to an FRR daemon over its vty unix socket, as vtysh does, without a vtysh process.
//
// Framing (FRR lib/vty.c, vtysh_read): a command is its text and a NUL; the reply is text, three NULs and one byte of
// result, 0 for success (enum cmd ret of lib/command.h). Commands may be sent without waiting for replies.
//
// Everything happens on the loop. A function returns nullptr when nobody listens; else the request is under way for as
// long as what it returned is kept, and `done` is called once: with Error when the daemon hangs up or refuses, with
// TimeoutError when it has said nothing for `patience`. `done` may drop the request.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.hh"
#include "services/inbox.hh"
#include "sys/outcome.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

struct VtyReply {
  std::string text;
  int status = 0;  ///< 0 is success
};

/// The socket of a node's daemon: /run/frr/NODE/bgpd.vty.
std::string vty_socket(std::string_view node, std::string_view daemon);

/// Takes one reply off the front of what was received; nullopt when it is not complete.
std::optional<VtyReply> take_vty_reply(Inbox& inbox);

constexpr Duration kNoBound = Duration::max();

/// One command in enable mode: its answer.
using VtyAnswered = std::function<void(sys::Outcome<std::string> answer)>;
std::shared_ptr<void> vty_ask(sys::Loop& loop, const std::string& socket, const std::string& command, Duration patience,
                              VtyAnswered done);

/// Commands of configuration mode, in order. What the daemon refuses is passed over, and told:
/// "'neighbor x': % unknown; ...", empty when there was nothing.
std::shared_ptr<void> vty_configure(sys::Loop& loop, const std::string& socket,
                                    const std::vector<std::string>& commands, Duration patience, VtyAnswered done);

}  // namespace xconn::services
