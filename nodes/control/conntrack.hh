// SPDX-License-Identifier: Apache-2.0
// The kernel's IPv4 connections: listed, marked and removed. libnetfilter-conntrack reads and writes them; libmnl
// sends, because the library cannot say which bits of a mark to change.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/address.hh"
#include "sys/fd.hh"

namespace xconn::control {

/// A TCP or UDP connection, in either direction.
struct Tuple {
  std::uint32_t source = 0, destination = 0;  ///< host order
  std::uint8_t protocol = 0;                  ///< 6 or 17
  std::uint16_t source_port = 0, destination_port = 0;
  friend auto operator<=>(const Tuple&, const Tuple&) = default;
};

struct Connection {
  Address source, destination;              ///< as the first packet had them
  Address reply_source, reply_destination;  ///< as answers have them: the translated side
  std::uint8_t protocol = 0;
  std::uint8_t tcp_state = 0;     ///< TCP_CONNTRACK_*; 0 when not TCP
  std::vector<std::uint8_t> key;  ///< the attributes that name it to the kernel, of any protocol

  bool involves(const Address& address) const {
    return source == address || destination == address || reply_source == address || reply_destination == address;
  }
  bool is_established_tcp() const;  ///< past the handshake
};

/// Of the namespace it is made in. All throw KernelError.
class Conntrack {
 public:
  Conntrack();
  std::vector<Connection> list() const;
  /// Returns how many it removed; one that went by itself does not count.
  int remove_if(const std::function<bool(const Connection&)>& unwanted);

  /// Replaces the bits of `mask` in the connection's mark. False when the kernel knows no such connection (yet).
  bool set_mark(const Tuple& tuple, std::uint32_t mask, std::uint32_t value);
  /// Clears the bits of `mask` in every connection where they are `value`. Returns how many.
  int clear_marks(std::uint32_t mask, std::uint32_t value);

 private:
  sys::Fd socket_;
};

}  // namespace xconn::control
