// SPDX-License-Identifier: Apache-2.0
#include "sys/stdio.hh"

#include <fcntl.h>
#include <unistd.h>

#include "sys/fd.hh"

namespace xconn::sys {

void open_standard() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0) check(::open("/dev/null", O_RDWR), "open", "/dev/null");  // the lowest free one: fd
}

}  // namespace xconn::sys
