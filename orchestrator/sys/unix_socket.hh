// SPDX-License-Identifier: Apache-2.0
// Inside sys/ only: unix stream sockets at paths of any length.
#pragma once

#include <sys/types.h>

#include <string>

#include "sys/fd.hh"

namespace xconn::sys {

/// A non-blocking listening socket whose file has `mode` from the first moment. A socket file that nobody serves is
/// replaced.
Fd listen_at(const std::string& path, mode_t mode);

/// A non-blocking connected socket, or an empty one with errno set (ENOENT, ECONNREFUSED ...).
Fd try_connect(const std::string& path);

}  // namespace xconn::sys
