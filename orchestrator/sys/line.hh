// SPDX-License-Identifier: Apache-2.0
// Lines over a unix socket: how xconn, its agent and its daemons talk. One line is one message (usually JSON), ended by
// '\n'. An answer may be as long as it must; a request is at most 256 MiB. Server and subscription live on a Loop; a
// client's requests block, with a deadline. Paths may be longer than the 107 bytes of sockaddr_un.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/duration.hh"
#include "sys/fd.hh"
#include "sys/lines.hh"

namespace xconn::sys {

class Loop;

/// A client as the server sees it. Keep connection.weak_from_this() to send later (a subscriber).
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  virtual ~Connection() = default;
  /// Queues one line ('\n' is added). Its next request is read once it has taken all. A client that does not read is
  /// dropped when it is sent something while more than 16 MiB wait for it, or when 256 MiB wait for all.
  virtual void send(std::string line) = 0;
  /// For a long story: `next` gives the next lines, joined by '\n', whenever nothing waits; nullopt: not now, until
  /// more() is called.
  virtual void feed(std::function<std::optional<std::string>()> next) = 0;
  virtual void more() = 0;
  /// Closes it once what is queued has been sent.
  virtual void close() = 0;
  virtual bool is_open() const = 0;
  /// Called once when the client has gone.
  virtual void on_close(std::function<void()> callback) = 0;
};

/// Listens on `path`. A dead socket there is replaced, a live one is KernelError EADDRINUSE. The mode is there from the
/// first moment. The destructor closes all connections and removes the path.
class LineServer {
 public:
  using Handler = std::function<void(Connection&, std::string line)>;
  LineServer(Loop& loop, const std::string& path, mode_t mode, Handler handler);
  ~LineServer();
  LineServer(const LineServer&) = delete;
  LineServer& operator=(const LineServer&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// A blocking client. Move-only.
class LineClient {
 public:
  /// Tries until the server is there or the deadline passes (TimeoutError).
  explicit LineClient(const std::string& path, Duration deadline = std::chrono::seconds(5));

  /// Sends one line, returns the next one. TimeoutError at the deadline, Error when the server hangs up.
  std::string request(const std::string& line, Duration deadline = std::chrono::seconds(10));
  void send(const std::string& line, Duration deadline = std::chrono::seconds(10));
  std::string receive(Duration deadline);
  int fd() const { return socket_.get(); }

 private:
  friend class Subscription;
  std::string path_;
  Fd socket_;
  Lines received_;
};

/// A client whose lines arrive on a Loop, until destroyed or the server hangs up.
class Subscription {
 public:
  /// Sends `line` on the client (which it takes over), then calls `on_line` for each line that comes.
  Subscription(Loop& loop, LineClient client, const std::string& line, std::function<void(std::string line)> on_line,
               std::function<void()> on_closed = {});
  ~Subscription();
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::sys
