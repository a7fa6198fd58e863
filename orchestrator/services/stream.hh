// SPDX-License-Identifier: Apache-2.0
// A unix stream socket to a daemon, on the loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "services/inbox.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

/// After which a daemon that does not listen yet is greeted again.
constexpr std::chrono::milliseconds kGreetAgain{2};

/// A connection whose bytes come and go on the loop. May be destroyed inside its own callbacks.
class Stream {
 public:
  /// `received` is given everything received and not yet taken: it takes from the front what it has understood.
  using Received = std::function<void(Inbox& inbox)>;

  /// nullptr when nobody listens at `path` (yet), or takes no more connections for now. `closed` is called once when
  /// the other side has gone.
  static std::unique_ptr<Stream> connect(sys::Loop& loop, const std::string& path, Received received,
                                         std::function<void()> closed = {});
  ~Stream();

  /// Of any length: what the socket does not take at once waits for it.
  void send(std::string_view bytes);

 private:
  struct State;
  explicit Stream(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace xconn::services
