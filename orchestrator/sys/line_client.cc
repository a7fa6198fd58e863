// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/line.hh"
#include "sys/loop.hh"
#include "sys/unix_socket.hh"

namespace xconn::sys {
namespace {

constexpr auto kConnectAgain = std::chrono::milliseconds(2);

/// Waits for `events` on the socket; false at the deadline.
bool ready(int fd, short events, std::chrono::nanoseconds deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now()).count();
    if (left <= 0) return false;
    pollfd waiting{fd, events, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000))) > 0) return true;
  }
}

enum class Received { kData, kNothing, kEnd };

Received receive_into(int fd, Lines& lines) {
  char buffer[65536];
  const auto count = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (count > 0) lines.add({buffer, static_cast<std::size_t>(count)});
  if (count > 0) return Received::kData;
  return count < 0 && (errno == EAGAIN || errno == EINTR) ? Received::kNothing : Received::kEnd;
}

}  // namespace

LineClient::LineClient(const std::string& path, Duration deadline) : path_(path) {
  // There is no event for "somebody listens here now" that works before the folder exists, so this one place asks
  // again.
  const auto end = now() + deadline;
  while (!(socket_ = try_connect(path))) {
    const int error = errno;
    if (error != ENOENT && error != ECONNREFUSED && error != EAGAIN) throw KernelError("connect to", path, "", error);
    if (now() >= end) throw TimeoutError("a server at " + path, deadline, std::strerror(error));
    std::this_thread::sleep_for(kConnectAgain);
  }
}

void LineClient::send(const std::string& line, Duration deadline) {
  const auto end = now() + deadline;
  const auto text = line + "\n";
  for (std::size_t sent = 0; sent < text.size();) {
    if (!ready(fd(), POLLOUT, end)) throw TimeoutError(path_ + " to take a line", deadline, "its buffer is full");
    const auto count = ::send(fd(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    check(static_cast<int>(count), "send to", path_);
    sent += static_cast<std::size_t>(count);
  }
}

std::string LineClient::receive(Duration deadline) {
  const auto end = now() + deadline;
  while (true) {
    if (auto line = received_.next()) return std::move(*line);
    if (!ready(fd(), POLLIN, end)) throw TimeoutError("a line from " + path_, deadline, "connected, no whole line yet");
    if (receive_into(fd(), received_) == Received::kEnd) throw Error(path_ + " hung up before it answered");
  }
}

std::string LineClient::request(const std::string& line, Duration deadline) {
  const auto end = now() + deadline;
  send(line, deadline);
  return receive(end - now());
}

struct Subscription::State {
  LineClient client;
  std::function<void(std::string)> on_line;
  std::function<void()> on_closed;
  Watch watch;
  bool stopped = false;

  void readable() {
    const auto received = receive_into(client.socket_.get(), client.received_);
    hand_out();
    if (received != Received::kEnd || stopped) return;
    watch = Watch();
    if (auto call = std::exchange(on_closed, {})) call();
  }

  void hand_out() {
    while (!stopped) {
      auto line = client.received_.next();
      if (!line) return;
      on_line(std::move(*line));
    }
  }
};

Subscription::Subscription(Loop& loop, LineClient client, const std::string& line,
                           std::function<void(std::string line)> on_line, std::function<void()> on_closed)
    : state_(new State{std::move(client), std::move(on_line), std::move(on_closed), Watch(), false}) {
  state_->client.send(line);
  const std::weak_ptr weak = state_;
  state_->watch = Watch(loop, state_->client.fd(), [weak] {
    if (const auto state = weak.lock()) state->readable();
  });
  loop.post([weak] {  // lines that came with an earlier answer
    if (const auto state = weak.lock()) state->hand_out();
  });
}

Subscription::~Subscription() {
  if (!state_) return;
  state_->stopped = true;
  state_->watch = Watch();
}

Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

}  // namespace xconn::sys
