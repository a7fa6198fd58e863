// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace xconn::sys {
class Loop;
}

namespace xconn::echo {

enum class Answer {
  kEcho,  ///< every byte back (RFC 862)
  kHttp,  ///< 200 to any request, then close
};

struct TcpCounters {
  std::uint64_t accepted = 0;
  std::uint64_t answered = 0;   ///< kEcho: bytes sent back; kHttp: requests
  std::uint64_t displaced = 0;  ///< closed to make room for a newer connection
};

/// A listening TCP port, both IP versions. A client that does not read is not read from; at most `limit` connections
/// live at a time, and the one that has been silent longest makes room for the next.
class TcpServer {
 public:
  /// Listens at once. Throws boost::system::system_error when the port is taken.
  TcpServer(sys::Loop& loop, std::uint16_t port, Answer answer, std::size_t limit = 1000);
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;
  const TcpCounters& counters() const;

 private:
  struct State;
  class Session;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::echo
