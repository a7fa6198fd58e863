// SPDX-License-Identifier: Apache-2.0
// An IPsec tunnel as one side of it runs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::network {

struct Dpd {
  Duration interval{std::chrono::seconds{45}};
  int retries = 3;
  friend bool operator==(const Dpd&, const Dpd&) = default;
};

/// A route-based IKEv2 tunnel with a pre-shared key.
struct Tunnel {
  std::string name;  ///< also the interface's name as seen in the node
  Address local, remote;
  std::string psk;
  bool initiate = false;
  InterfaceAddress address;  ///< on the tunnel interface
  std::optional<Address> peer_address;
  std::vector<Prefix> local_selectors, remote_selectors;  ///< empty: 0.0.0.0/0
  std::vector<std::string> ike_proposals, esp_proposals;  ///< empty: aes256-sha256-modp2048, aes256gcm16
  Duration ike_lifetime{std::chrono::seconds{28800}}, esp_lifetime{std::chrono::seconds{27000}};
  Dpd dpd;
  int mtu = 1400;
  bool answers = true;  ///< false: the peer's calls are dropped
  friend bool operator==(const Tunnel&, const Tunnel&) = default;
};

}  // namespace xconn::network
