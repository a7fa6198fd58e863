// bfdd's control socket: session changes as they happen, without a log.
//
// Framing (FRR bfdd/bfdctl.h): length of the data (32 bit), id (16 bit), type (8 bit), version (8 bit), all in network
// order, then the data: JSON text, but for the subscription, which is a 64 bit mask in host order.
#pragma once

#include <optional>
#include <string>

namespace xconn::services {

struct BfdNotice {
  std::string peer;
  std::string state;   ///< "up", "init", "down", "adm-down"
  int diagnostic = 0;  ///< why it is not up, RFC 5880 section 4.1
};

/// The request for the state of all sessions now, and of each when it changes.
std::string bfd_subscription();

/// Takes the next notice off the front, skipping what is none; nullopt when there is no whole message left. Throws
/// Error on what cannot be such a stream.
std::optional<BfdNotice> take_bfd_notice(std::string& buffer);

/// "control detection time expired"; empty for 0 and for unknown codes.
std::string bfd_diagnostic_text(int code);

}  // namespace xconn::services
