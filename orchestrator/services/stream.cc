#include "services/stream.hh"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/unix_socket.hh"

namespace xconn::services {
namespace {

/// Appends what is there. False when the other side has gone.
bool receive_available(int fd, std::string& buffer) {
  std::array<char, 16384> block;
  for (;;) {
    const auto count = ::recv(fd, block.data(), block.size(), MSG_DONTWAIT);
    if (count > 0) {
      buffer.append(block.data(), static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else {
      return count < 0 && errno == EAGAIN;
    }
  }
}

bool send_all(int fd, std::string_view bytes) {
  return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(bytes.size());
}

sys::Fd connect_or_throw(const std::string& path) {
  auto socket = sys::try_connect(path);
  if (!socket) throw Error("nobody listens at " + path);
  return socket;
}

void wait_readable(int fd, std::chrono::nanoseconds deadline, const std::function<TimeoutError()>& late) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - sys::now());
    if (left.count() <= 0) throw late();
    pollfd waited{fd, POLLIN, 0};
    if (::poll(&waited, 1, static_cast<int>(left.count())) > 0) return;
  }
}

}  // namespace

struct Stream::State : std::enable_shared_from_this<State> {
  sys::Fd socket;
  std::string buffer;
  Received received;
  std::function<void()> closed;
  sys::Watch watch;

  void readable() {
    const auto alive = shared_from_this();  // a callback may destroy the Stream
    const bool open = receive_available(socket.get(), buffer);
    if (!buffer.empty() && received) received(buffer);
    if (!open) close();
  }

  void close() {
    watch = {};
    socket.reset();
    received = {};
    if (auto callback = std::exchange(closed, {})) callback();
  }
};

std::unique_ptr<Stream> Stream::connect(sys::Loop& loop, const std::string& path, Received received,
                                        std::function<void()> closed) {
  auto socket = sys::try_connect(path);
  if (!socket) return nullptr;
  auto state = std::make_shared<State>();
  state->socket = std::move(socket);
  state->received = std::move(received);
  state->closed = std::move(closed);
  state->watch = sys::Watch(loop, state->socket.get(), [weak = std::weak_ptr(state)] {
    if (const auto alive = weak.lock()) alive->readable();
  });
  return std::unique_ptr<Stream>(new Stream(std::move(state)));
}

Stream::~Stream() {
  state_->received = {};
  state_->closed = {};
  state_->watch = {};
}

void Stream::send(std::string_view bytes) {
  if (state_->socket && !send_all(state_->socket.get(), bytes)) ::shutdown(state_->socket.get(), SHUT_RDWR);
}

std::string exchange(const std::string& path, std::string_view request, Duration bound, const std::string& awaited,
                     const std::function<bool(const std::string& received)>& complete) {
  const auto deadline = sys::now() + bound;
  const auto late = [&] { return TimeoutError(awaited, bound, "the daemon accepts connections and does not answer"); };
  const auto socket = connect_or_throw(path);
  if (!send_all(socket.get(), request)) throw Error("cannot write to " + path);
  std::string received;
  while (!complete(received)) {
    wait_readable(socket.get(), deadline, late);
    if (!receive_available(socket.get(), received) && !complete(received))
      throw Error("the connection to " + path + " was closed before an answer came");
  }
  return received;
}

}  // namespace xconn::services
