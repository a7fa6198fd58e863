// SPDX-License-Identifier: Apache-2.0
#include "sys/unix_socket.hh"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

namespace xconn::sys {
namespace {

Fd make_socket() {
  return Fd(check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "create unix socket"));
}

/// Calls bind or connect with an address for `path`; one too long for sockaddr_un goes through its open folder.
int with_address(const std::string& path, const std::function<int(const sockaddr*, socklen_t)>& call) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto text = path;
  Fd folder;
  if (path.size() >= sizeof address.sun_path) {
    const auto slash = path.rfind('/');
    folder = Fd(::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return -1;
    text = "/proc/self/fd/" + std::to_string(folder.get()) + path.substr(slash);
  }
  if (text.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  return call(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void remove_dead_socket(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0) return;
  if (S_ISSOCK(status.st_mode) && !try_connect(path) && errno == ECONNREFUSED) ::unlink(path.c_str());
}

}  // namespace

Fd listen_at(const std::string& path, mode_t mode) {
  auto socket = make_socket();
  remove_dead_socket(path);
  // Linux gives the file the mode of the socket's inode, so there is no moment with another one.
  check(::fchmod(socket.get(), mode), "set mode of", path);
  check(with_address(path, [&](auto* address, auto size) { return ::bind(socket.get(), address, size); }), "bind",
        path);
  check(::listen(socket.get(), SOMAXCONN), "listen at", path);
  return socket;
}

Fd try_connect(const std::string& path) {
  auto socket = make_socket();
  const auto result =
      with_address(path, [&](auto* address, auto size) { return ::connect(socket.get(), address, size); });
  if (result == 0) return socket;
  const int error = errno;
  socket.reset();
  errno = error;
  return Fd();
}

}  // namespace xconn::sys
