// SPDX-License-Identifier: Apache-2.0
// What a drill's flow may go to: all that a place is, or an address that leads to somebody else. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.hh"
#include "plan/plan.hh"

namespace xconn::lab {

/// Where what is sent may arrive.
struct Receiver {
  std::string node;
  Address address;
  std::uint16_t port = 0;  ///< when a load balancer changes it; 0: as it was sent
};

struct Destination {
  Address address;
  std::vector<Receiver> receivers;  ///< the address's own node first; more than one: it may be passed on
};

/// Why nobody could answer there; empty when somebody may.
std::string destination_fault(const plan::Plan& plan, const std::string& word);
/// Why the load balancer that has this frontend passes nothing of that protocol and port on; empty when it does, or it
/// is no frontend.
std::string frontend_fault(const plan::Plan& plan, const std::string& word, std::uint8_t protocol, std::uint16_t port);
/// Throws NotFoundError.
Destination destination_of(const plan::Plan& plan, const std::string& word, std::uint8_t protocol, std::uint16_t port);

}  // namespace xconn::lab
