// SPDX-License-Identifier: Apache-2.0
#include "sys/fd.hh"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/errors.hh"

namespace xconn::sys {

void Fd::reset(int fd) {
  const int old = std::exchange(fd_, fd);
  if (old >= 0) ::close(old);  // EINTR closes too on Linux: never a second time
}

int check(int result, std::string_view operation, std::string_view object) {
  if (result < 0) throw KernelError(std::string(operation), std::string(object), "", errno);
  return result;
}

Fd duplicate(int fd) { return Fd(check(::fcntl(fd, F_DUPFD_CLOEXEC, 3), "duplicate file descriptor")); }

}  // namespace xconn::sys
