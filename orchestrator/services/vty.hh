// Speaking to an FRR daemon over its vty unix socket, as vtysh does, without a vtysh process.
//
// Framing (FRR lib/vty.c, vtysh_read): a command is its text and a NUL; the reply is text, three NULs and one byte of
// result, 0 for success (enum cmd ret of lib/command.h). Commands may be sent without waiting for replies.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

class Stream;

struct VtyReply {
  std::string text;
  int status = 0;  ///< 0 is success
};

/// The socket of a node's daemon: /run/frr/NODE/bgpd.vty.
std::string vty_socket(std::string_view node, std::string_view daemon);

/// Takes one reply off the front of what was received; nullopt when it is not complete.
std::optional<VtyReply> take_vty_reply(std::string& buffer);

/// One command in enable mode; blocks up to `bound`. Throws TimeoutError, and Error with the daemon's own words when it
/// refuses the command.
std::string vty_ask(const std::string& socket, const std::string& command,
                    Duration bound = std::chrono::milliseconds(500));

/// The same for "... json" commands.
nlohmann::json vty_ask_json(const std::string& socket, const std::string& command,
                            Duration bound = std::chrono::milliseconds(500));

/// Lines for the running configuration, each in `section` (what is entered from the top); those that the daemon refuses
/// are passed over. Blocks up to `bound`. Throws TimeoutError, and Error when nobody listens.
void vty_configure(const std::string& socket, const std::vector<std::string>& section,
                   const std::vector<std::string>& lines, Duration bound = std::chrono::seconds(10));

/// The same on the loop. nullptr when nobody listens. `replied` is not called when the daemon hangs up. The question is
/// dropped when the returned object goes.
std::unique_ptr<Stream> vty_ask(sys::Loop& loop, const std::string& socket, const std::string& command,
                                std::function<void(VtyReply)> replied);

}  // namespace xconn::services
