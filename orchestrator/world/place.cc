// SPDX-License-Identifier: Apache-2.0
#include "world/place.hh"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/errors.hh"
#include "sys/unix_socket.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

constexpr auto kRemedy = "set XCONN_RUN to a folder of root's such as /run/xconn";

/// What each world, or each daemon in it, has of its own.
constexpr std::array kLabFolders{"/proc", "/sys", "/dev", "/var/tmp", "/run/netns", "/run/frr"};

bool is_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

const char* own_folder_above(const fs::path& path) {
  const auto found = std::ranges::find_if(kLabFolders, [&](const char* own) { return is_within(path, own); });
  return found == kLabFolders.end() ? nullptr : *found;
}

[[noreturn]] void refuse(const fs::path& base, const std::string& why, const std::string& remedy = kRemedy) {
  throw HostError("run folders cannot be in " + base.string() + ": " + why, remedy);
}

/// A lab has a /run of its own with the place of run folders in it, which daemons enter whoever may on the host.
bool may_be_closed(const fs::path& base, const fs::path& part) { return part == base && is_within(base, "/run"); }

/// Whoever may write a folder may put another one in the place of what is in it.
void demand_safe(const fs::path& base, const fs::path& part) {
  struct stat status {};
  if (::lstat(part.c_str(), &status) != 0) {
    if (errno != ENOENT) refuse(base, part.string() + " cannot be read: " + std::string(::strerror(errno)));
    return;
  }
  if (S_ISLNK(status.st_mode))
    refuse(base, part.string() + " is a symbolic link", "set XCONN_RUN to " + fs::weakly_canonical(base).string());
  if (!S_ISDIR(status.st_mode)) refuse(base, part.string() + " is not a folder");
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    refuse(base, part.string() + " belongs to another user (uid " + std::to_string(status.st_uid) + ")");
  if ((status.st_mode & S_IXOTH) == 0 && !may_be_closed(base, part))
    refuse(base, "daemons that drop root cannot enter " + part.string());
  const bool is_shared = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (is_shared && ((status.st_mode & S_ISVTX) == 0 || part == base))
    refuse(base, "others may write in " + part.string());
}

}  // namespace

void demand_place(const fs::path& base) {
  if (!base.is_absolute()) refuse(base, "it is not an absolute path");
  if (base != base.lexically_normal() || !base.has_filename())
    refuse(base, "the path has '.', '..' or a '/' too many", "set XCONN_RUN to " + fs::weakly_canonical(base).string());
  if (base == "/" || base == "/run") refuse(base, "what is there is not of labs");
  if (const auto* own = own_folder_above(base)) refuse(base, std::string("a lab has a ") + own + " of its own");
  fs::path part;
  for (const auto& name : base) demand_safe(base, part /= name);
}

void demand_sockets(const fs::path& base) {
  static std::atomic<int> count{0};  // labs of one process may come up side by side
  const auto path = base / (".trial." + std::to_string(::getpid()) + "." + std::to_string(++count));
  try {
    (void)sys::listen_at(path, 0600);
  } catch (const KernelError& error) {
    ::unlink(path.c_str());
    if (error.error_number() == ENOSPC || error.error_number() == EDQUOT)
      refuse(base, "there is no space",
             "make room there (df " + base.string() + "), or set XCONN_RUN to another folder");
    refuse(base, std::string("no socket can be made there: ") + ::strerror(error.error_number()));
  }
  ::unlink(path.c_str());
}

void demand_seen_in_labs(const fs::path& folder, const std::string& what) {
  const auto path = fs::weakly_canonical(fs::absolute(folder));
  const auto* own = is_within(path, "/run") ? "/run" : own_folder_above(path);
  if (own != nullptr)
    throw HostError(
        what + " cannot be in " + path.string() + ": a lab has a " + own + " of its own, which goes with it",
        "name a folder elsewhere");
}

}  // namespace xconn::world
