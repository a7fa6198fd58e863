// SPDX-License-Identifier: Apache-2.0
#include "services/stream.hh"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "sys/fd.hh"
#include "sys/loop.hh"
#include "sys/unix_socket.hh"

namespace xconn::services {
namespace {

constexpr std::size_t kAtOnce = 1U << 20;  // others are to have their turn too

/// Appends what is there. False when the other side has gone.
bool receive_available(int fd, Inbox& inbox) {
  std::array<char, 65536> block;
  for (std::size_t received = 0;;) {
    const auto count = ::recv(fd, block.data(), block.size(), MSG_DONTWAIT);
    if (count > 0) {
      inbox.append({block.data(), static_cast<std::size_t>(count)});
      received += static_cast<std::size_t>(count);
      if (received >= kAtOnce) return true;
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else {
      return count < 0 && errno == EAGAIN;
    }
  }
}

}  // namespace

struct Stream::State : std::enable_shared_from_this<State> {
  explicit State(sys::Loop& its_loop) : loop(its_loop) {}

  sys::Loop& loop;
  sys::Fd socket;
  Inbox inbox, outbox;
  Received received;
  std::function<void()> closed;
  sys::Watch readable, writable;
  bool waits_for_room = false;

  void read() {
    const auto alive = shared_from_this();  // a callback may destroy the Stream
    const bool open = receive_available(socket.get(), inbox);
    if (const auto hand_out = received; hand_out && !inbox.empty()) hand_out(inbox);
    if (!open) close();
  }

  /// A refusal means that the other side has gone, which reading tells.
  void write() {
    while (socket && !outbox.empty()) {
      const auto waiting = outbox.rest();
      const auto count = ::send(socket.get(), waiting.data(), waiting.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return await_room();
      if (count < 0) ::shutdown(socket.get(), SHUT_RDWR);
      outbox.drop(count < 0 ? waiting.size() : static_cast<std::size_t>(count));
    }
    waits_for_room = false;
    writable = {};
  }

  void await_room() {
    if (std::exchange(waits_for_room, true)) return;
    const auto room = [weak = weak_from_this()] {
      if (const auto alive = weak.lock()) alive->write();
    };
    writable = sys::Watch(loop, socket.get(), room, sys::Watch::For::kWriting);
  }

  void close() {
    readable = writable = {};
    socket.reset();
    received = {};
    if (auto callback = std::exchange(closed, {})) callback();
  }
};

std::unique_ptr<Stream> Stream::connect(sys::Loop& loop, const std::string& path, Received received,
                                        std::function<void()> closed) {
  auto socket = sys::try_connect(path);
  if (!socket) return nullptr;
  auto state = std::make_shared<State>(loop);
  state->socket = std::move(socket);
  state->received = std::move(received);
  state->closed = std::move(closed);
  state->readable = sys::Watch(loop, state->socket.get(), [weak = std::weak_ptr(state)] {
    if (const auto alive = weak.lock()) alive->read();
  });
  return std::unique_ptr<Stream>(new Stream(std::move(state)));
}

Stream::~Stream() {
  state_->received = {};
  state_->closed = {};
  state_->readable = state_->writable = {};
}

void Stream::send(std::string_view bytes) {
  if (!state_->socket) return;
  state_->outbox.append(bytes);
  if (!state_->waits_for_room) state_->write();
}

}  // namespace xconn::services
