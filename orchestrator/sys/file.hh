// SPDX-License-Identifier: Apache-2.0
// Files and folders. All functions throw KernelError with the path.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace xconn::sys {

std::string read_file(const std::string& path);

/// nullopt when there is no such file.
std::optional<std::string> read_file_if_present(const std::string& path);

/// Replaces the file in one step (temporary file beside it, renamed): it never exists half-written or with another
/// mode.
void write_file(const std::string& path, const std::string& content, mode_t mode = 0644);

/// As write_file, for a path that a user chose: a symbolic link is followed, and a device or FIFO (/dev/stdout) is
/// written into, not replaced.
void write_output(const std::string& path, const std::string& content, mode_t mode = 0644);

/// Writes into what is there already (a control file of /proc or /sys, a FIFO): one write(2).
void write_into(const std::string& path, const std::string& content);

/// Writes all of it to a descriptor, and waits where that would block. `path` names it in errors.
void write_all(int fd, std::string_view content, const std::string& path);

/// Makes the folder and its missing parents, each with `mode`.
void make_directories(const std::string& path, mode_t mode = 0755);

/// Removes a folder and all that is in it. Follows no symbolic link and enters no other file system (a mount below
/// stays, and is an error). Nothing there is fine.
void remove_tree(const std::string& path);

}  // namespace xconn::sys
