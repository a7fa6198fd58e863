// SPDX-License-Identifier: Apache-2.0
// Segments that TCP dropped for their MD5 signature (RFC 2385), by the kernel's own counters: nothing else tells of
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sys/fd.hh"
#include "sys/netns.hh"

namespace xconn::kernel {

struct Md5Drops {
  std::uint64_t none = 0;        ///< one was expected (TCPMD5NotFound)
  std::uint64_t unexpected = 0;  ///< none was (TCPMD5Unexpected)
  std::uint64_t wrong = 0;       ///< it is another password's (TCPMD5Failure)
  friend bool operator==(const Md5Drops&, const Md5Drops&) = default;
};

/// What /proc/net/netstat says.
Md5Drops md5_drops_in(std::string_view netstat);

/// Of one namespace; the open file stands for it.
class Md5Counters {
 public:
  explicit Md5Counters(const sys::Netns& netns);
  Md5Drops read() const;

 private:
  sys::Fd file_;
};

}  // namespace xconn::kernel
