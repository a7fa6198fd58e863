// SPDX-License-Identifier: Apache-2.0
// Sending health check probes over one member. Sockets are bound to the member's interface and carry the member's mark,
// so a probe takes the member's own gateway whatever the rules have decided. Probes start when the object is made and
// end with it; on the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "network/sdwan.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::sdwan {

/// The round trip of one probe; nullopt: none within the check's timeout.
using Outcome = std::function<void(std::optional<Duration> round_trip)>;

class Prober {
 public:
  virtual ~Prober() = default;
  /// The interface changed (came, went, was made anew): open the sockets again.
  virtual void reopen() {}
};

/// By the check's protocol. `mark` is the member's packet mark, with kProbeBit. What cannot be sent counts as lost.
std::unique_ptr<Prober> make_prober(sys::Loop& loop, const network::HealthCheck& check, const std::string& interface,
                                    std::uint32_t mark, Outcome outcome);

/// Echo requests, timed by the kernel's stamps of the replies.
std::unique_ptr<Prober> make_ping_prober(sys::Loop& loop, const network::HealthCheck& check,
                                         const std::string& interface, std::uint32_t mark, Outcome outcome);

/// One connection for each probe: tcp-echo wants its bytes back, http wants a status of 200 to 399.
std::unique_ptr<Prober> make_stream_prober(sys::Loop& loop, const network::HealthCheck& check,
                                           const std::string& interface, std::uint32_t mark, Outcome outcome);

/// SO_BINDTODEVICE and SO_MARK; false when there is no such interface.
bool bind_to_member(int socket, const std::string& interface, std::uint32_t mark);

}  // namespace xconn::sdwan
