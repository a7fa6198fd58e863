// SPDX-License-Identifier: Apache-2.0
#include "base/input.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace xconn {
namespace {

class Opened {
 public:
  explicit Opened(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
  ~Opened() {
    if (fd_ >= 0) ::close(fd_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

Unreadable unreadable(int number) {
  if (number == ENOENT || number == ENOTDIR) return {"there is no such file", "check the path"};
  if (number == EACCES || number == EPERM) return {"the file cannot be read", "check its permissions"};
  return {std::string("the file cannot be read: ") + std::strerror(number), "check the path"};
}

Unreadable too_large(std::size_t limit) {
  return {"the file is too large", "at most " + std::to_string(limit >> 10) + " KiB can be read"};
}

std::optional<Unreadable> fault_of(const struct stat& status, std::size_t limit) {
  if (S_ISDIR(status.st_mode)) return Unreadable{"this is a folder, and a file is needed", "name a file in it"};
  if (!S_ISREG(status.st_mode)) return Unreadable{"this is no regular file", "copy it to one"};
  if (static_cast<std::size_t>(status.st_size) > limit) return too_large(limit);
  return std::nullopt;
}

/// At most `most` bytes; errno is set when it fails.
std::optional<std::string> read_up_to(int fd, std::size_t most) {
  std::string text;
  char buffer[65536];
  while (text.size() < most) {
    const auto count = ::read(fd, buffer, std::min(sizeof buffer, most - text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

std::variant<std::string, Unreadable> read_input(const std::string& path, std::size_t limit) {
  struct stat status {};
  // asked before it is opened, for to open a device can do something, and after, for it may be another one by then
  if (::stat(path.c_str(), &status) < 0) return unreadable(errno);
  if (auto fault = fault_of(status, limit)) return *std::move(fault);
  const Opened file(path);
  if (file.fd() < 0 || ::fstat(file.fd(), &status) < 0) return unreadable(errno);
  if (auto fault = fault_of(status, limit)) return *std::move(fault);
  if (auto text = read_up_to(file.fd(), static_cast<std::size_t>(status.st_size))) return *std::move(text);
  return unreadable(errno);
}

std::variant<std::string, Unreadable> read_input(int descriptor, std::size_t limit) {
  auto text = read_up_to(descriptor, limit + 1);
  if (!text) return unreadable(errno);
  if (text->size() > limit) return too_large(limit);
  return *std::move(text);
}

}  // namespace xconn
