// SPDX-License-Identifier: Apache-2.0
// File descriptors as owned values, and the one way to turn errno into an exception.
#pragma once

#include <string_view>
#include <utility>

namespace xconn::sys {

/// Owns one file descriptor; closes it once. Open with O_CLOEXEC / SOCK_CLOEXEC: nothing here is meant to be inherited.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// Returns `result`; throws KernelError with errno when it is negative.
int check(int result, std::string_view operation, std::string_view object = {});

/// A close-on-exec copy. Throws KernelError.
Fd duplicate(int fd);

}  // namespace xconn::sys
