// SPDX-License-Identifier: Apache-2.0
// Inside kernel/ only: writes netlink messages into a Request.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "kernel/netlink.hh"

namespace xconn::kernel {

/// Appends messages to a request. All bytes are there at once; only sequence numbers and patches are left for sending.
class MessageWriter {
 public:
  explicit MessageWriter(Request& request) : request_(request) {}

  /// Starts a message with the family header `header` (ifinfomsg, rtmsg ...); the one before it is complete.
  template <typename Header>
  void begin(std::uint16_t type, std::uint16_t flags, const Header& header) {
    static_assert(std::is_trivially_copyable_v<Header>);
    start_message(type, flags);
    append(&header, sizeof header);
  }

  /// The interface index at `field` of the family header of the present message, found by name at sending.
  void patch_header(std::size_t field, const std::string& interface) {
    patch(message_ + sizeof(nlmsghdr) + field, interface);
  }

  template <typename Value>
  void put(std::uint16_t type, const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value> && !std::is_pointer_v<Value>);
    put_bytes(type, &value, sizeof value);
  }
  void put_text(std::uint16_t type, std::string_view text);
  void put_address(std::uint16_t type, const Address& address) { put_bytes(type, address.bytes(), address.size()); }
  void put_index(std::uint16_t type, const std::string& interface);
  void put_bytes(std::uint16_t type, const void* data, std::size_t size);

  /// An attribute (without NLA_F_NESTED: the classic kinds do not want it) that holds what `fill` writes.
  void nest(std::uint16_t type, const std::function<void()>& fill);

  /// Raw bytes that are no attribute (rtnexthop, the ifinfomsg of a peer); returns where they are.
  std::size_t append(const void* data, std::size_t size);
  void patch(std::size_t offset, const std::string& interface) { request_.patches_.push_back({offset, interface}); }
  std::size_t position() const { return request_.bytes_.size(); }
  void set_length16(std::size_t at, std::size_t length);
  void mark_changes_names() { request_.changes_names_ = true; }

 private:
  void start_message(std::uint16_t type, std::uint16_t flags);
  void grow_message();
  Request& request_;
  std::size_t message_ = 0;
};

}  // namespace xconn::kernel
