// SPDX-License-Identifier: Apache-2.0
// Why charon refused, in its own words: what its error-notify plugin sends to whoever listens, a record of fixed size
// for each alert (strongSwan's src/libcharon/plugins/error_notify/error_notify_msg.h). Pure.
#pragma once

#include <optional>
#include <string>

#include "services/inbox.hh"

namespace xconn::services {

struct Alert {
  std::string reason;      ///< as the peer is told: "NO_PROPOSAL_CHOSEN", or "timeout" where nobody is
  std::string text;        ///< "the received IKE_SA proposals did not match: ..."
  std::string connection;  ///< empty while it is not known which
  std::string peer;        ///< address and port
};

/// Takes whole records off the front until one is worth telling; nullopt when there is none left.
std::optional<Alert> take_alert(Inbox& inbox);

/// "IKE_SA vpn NO_PROPOSAL_CHOSEN: the received IKE_SA proposals did not match ..."
std::string sentence_of(const Alert& alert);

}  // namespace xconn::services
