// A unix stream socket to a daemon, on the loop; and one blocking question over a connection of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/duration.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::services {

/// A connection whose bytes arrive on the loop. May be destroyed inside its own callbacks.
class Stream {
 public:
  /// `received` is given everything received and not yet taken: it erases from the front what it has understood.
  using Received = std::function<void(std::string& buffer)>;

  /// nullptr when nobody listens at `path` (yet). Throws KernelError for anything else.
  static std::unique_ptr<Stream> connect(sys::Loop& loop, const std::string& path, Received received,
                                         std::function<void()> closed = {});
  ~Stream();

  /// Requests are small: what the socket's buffer does not take at once is a closed connection.
  void send(std::string_view bytes);

 private:
  struct State;
  explicit Stream(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// Connects to `path`, sends `request`, and reads until `complete` says so; returns what was read. Blocks, at most
/// `bound`. Throws TimeoutError(awaited) when the daemon is silent, Error when it hangs up or does not listen.
std::string exchange(const std::string& path, std::string_view request, Duration bound, const std::string& awaited,
                     const std::function<bool(const std::string& received)>& complete);

}  // namespace xconn::services
