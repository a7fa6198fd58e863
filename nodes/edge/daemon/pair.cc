// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/pair.hh"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "nodes/edge/daemon/notify.hh"

namespace xconn::sdwan {
namespace {

constexpr int kBacklog = 128;

sys::Fd open_fifo(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) < 0 && errno != EEXIST) sys::check(-1, "make FIFO", path);
  // Read and write: it neither waits for keepalived nor sees an end when keepalived restarts.
  return sys::Fd(sys::check(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC), "open FIFO", path));
}

sys::Fd open_listener(int port) {
  sys::Fd socket(sys::check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open probe listener"));
  const int on = 1;
  sys::check(::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "reuse address");
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(static_cast<std::uint16_t>(port));
  sys::check(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), "bind probe listener");
  sys::check(::listen(socket.get(), kBacklog), "listen for probes");
  return socket;
}

void accept_and_close(int listener) {
  while (sys::Fd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC))) continue;
}

}  // namespace

NotifyFifo::NotifyFifo(sys::Loop& loop, const std::string& path, std::function<void(Role)> changed)
    : fifo_(open_fifo(path)), changed_(std::move(changed)), watch_(loop, fifo_.get(), [this] { readable(); }) {}

void NotifyFifo::readable() {
  std::array<char, 4096> buffer;
  while (true) {
    const auto size = ::read(fifo_.get(), buffer.data(), buffer.size());
    if (size <= 0) break;
    pending_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
    const auto role = parse_notify(pending_.substr(0, end));
    pending_.erase(0, end + 1);
    if (role) changed_(*role);
  }
}

ProbeResponder::ProbeResponder(sys::Loop& loop, int port)
    : listener_(open_listener(port)), watch_(loop, listener_.get(), [fd = listener_.get()] { accept_and_close(fd); }) {}

}  // namespace xconn::sdwan
