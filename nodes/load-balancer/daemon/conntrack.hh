// The kernel's connection table, read and pruned by ctnetlink (linux/netfilter/nfnetlink_conntrack.h).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/address.hh"
#include "sys/fd.hh"

namespace xconn::lb {

struct Connection {
  Address source, destination;              ///< as the first packet had them
  Address reply_source, reply_destination;  ///< as answers have them: the translated side
  std::uint8_t protocol = 0;
  std::uint8_t tcp_state = 0;     ///< TCP_CONNTRACK_*; 0 when not TCP
  std::vector<std::uint8_t> key;  ///< the attributes that name it to the kernel

  bool involves(const Address& address) const {
    return source == address || destination == address || reply_source == address || reply_destination == address;
  }
  bool is_established_tcp() const;  ///< past the handshake
};

/// Of the namespace it is made in. All throw KernelError.
class Conntrack {
 public:
  Conntrack();
  std::vector<Connection> list() const;  ///< IPv4
  /// Returns how many it removed; one that went by itself does not count.
  int remove_if(const std::function<bool(const Connection&)>& unwanted);

 private:
  bool remove(const Connection& connection);
  sys::Fd socket_;
};

}  // namespace xconn::lb
