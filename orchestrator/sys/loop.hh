// SPDX-License-Identifier: Apache-2.0
// The one event loop (Boost.Asio), and waiting for a fact with a deadline. One thread runs it; everything that takes a
// Loop& must be used from that thread, unless it says otherwise. Asio itself stays out of this header: include
// <boost/asio/io_context.hpp> where you need io().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/duration.hh"

namespace boost::asio {
class io_context;
}

namespace xconn::sys {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& io() { return *io_; }

  /// Runs handlers until stop(). What a handler throws comes out here; run() may be called again after it.
  void run();
  void stop();                              ///< from any thread; ends run() and any wait()
  void post(std::function<void()> action);  ///< from any thread: runs on the loop's thread, later
  /// Runs the handlers that are ready now, without waiting.
  void poll();

  /// Runs handlers until `difference` gives nullopt: it says what is not yet so, and is asked again after every handler
  /// and at least every 20 ms. May be called from inside a handler. Throws TimeoutError(awaited, bound, last
  /// difference), and Error when stop() came first.
  void wait(const std::string& awaited, Duration bound, const std::function<std::optional<std::string>()>& difference);

 private:
  void wait_while_running(const std::string& awaited, Duration bound,
                          const std::function<std::optional<std::string>()>& difference);
  struct Work;
  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<Work> work_;  // an idle loop waits, it does not end
};

/// Calls back after a time, once or again and again, until destroyed. May be destroyed inside its own callback.
class Timer {
 public:
  Timer() = default;  ///< never fires
  static Timer once(Loop& loop, Duration after, std::function<void()> callback);
  /// At start + n * period; periods that were missed are skipped, not caught up.
  static Timer every(Loop& loop, Duration period, std::function<void()> callback);

 private:
  struct State;
  static Timer start(Loop& loop, Duration after, Duration period, std::function<void()> callback);
  std::shared_ptr<State> state_;
};

/// Calls back whenever `fd` is readable, or writable (level triggered), until destroyed. Watches a duplicate: the
/// caller keeps his fd, and may close it. May be destroyed inside its own callback.
class Watch {
 public:
  enum class For { kReading, kWriting };
  Watch() = default;
  Watch(Loop& loop, int fd, std::function<void()> ready, For what = For::kReading);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::sys
