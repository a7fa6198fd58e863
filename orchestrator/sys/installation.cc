// SPDX-License-Identifier: Apache-2.0
#include "sys/installation.hh"

#include <cerrno>
#include <system_error>

namespace xconn::sys {

namespace fs = std::filesystem;

fs::path own_program() { return fs::read_symlink("/proc/self/exe"); }

fs::path own_folder() {
  std::error_code ignored;
  const fs::path invoked = program_invocation_name;
  const auto path = invoked.is_absolute() ? fs::canonical(invoked, ignored) : fs::path();
  return (path.empty() ? own_program() : path).parent_path();
}

fs::path libexec_below(const fs::path& bin) { return (bin / XCONN_BIN_TO_LIBEXEC).lexically_normal(); }

fs::path share_below(const fs::path& bin) { return (bin / XCONN_BIN_TO_SHARE).lexically_normal(); }

}  // namespace xconn::sys
