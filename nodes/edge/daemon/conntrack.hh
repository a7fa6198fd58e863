// Writing connection marks through ctnetlink (linux/netfilter/nfnetlink_conntrack.h), in the namespace of the thread
// that makes the object.
#pragma once

#include <cstdint>

#include "base/address.hh"
#include "sys/fd.hh"

namespace xconn::sdwan {

/// A connection, in either direction.
struct Tuple {
  std::uint32_t source = 0, destination = 0;  ///< host order
  std::uint8_t protocol = 0;                  ///< 6 or 17
  std::uint16_t source_port = 0, destination_port = 0;
  friend auto operator<=>(const Tuple&, const Tuple&) = default;
};

class Conntrack {
 public:
  Conntrack();

  /// Replaces the bits of `mask` in the connection's mark. False when the kernel knows no such connection (yet).
  bool set_mark(const Tuple& tuple, std::uint32_t mask, std::uint32_t value);

  /// Clears the bits of `mask` in every connection where they are `value`. Returns how many.
  int clear_marks(std::uint32_t mask, std::uint32_t value);

 private:
  int change(const void* message, std::size_t size);  ///< errno of the acknowledgement
  sys::Fd socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace xconn::sdwan
