// SPDX-License-Identifier: Apache-2.0
#include "world/run_folder.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/address.hh"
#include "base/errors.hh"
#include "base/join.hh"
#include "sys/file.hh"
#include "world/place.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

sys::Fd open_lock(const fs::path& folder, int flags) {
  return sys::Fd{::open((folder / "lock").c_str(), O_CLOEXEC | O_NOFOLLOW | flags, 0600)};
}

// Open file description locks: the agent inherits its own, and one can ask for the holder without becoming it.
struct flock whole_file() {
  return {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
}

bool try_lock(const sys::Fd& fd) {
  auto wanted = whole_file();
  if (::fcntl(fd.get(), F_OFD_SETLK, &wanted) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  throw KernelError("lock", "the run folder's lock", "", errno);
}

/// What is in XCONN_RUN without a lock is not of a lab, and never touched.
bool is_labs(const fs::path& folder) {
  struct stat status {};
  return ::lstat((folder / "lock").c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

void make_base(const fs::path& base) {
  const bool was_there = fs::exists(base);
  sys::make_directories(base);
  try {
    if (!was_there) sys::check(::chmod(base.c_str(), 0755), "set mode of", base.string());  // whatever the umask is
    demand_sockets(base);
  } catch (...) {
    if (!was_there) ::rmdir(base.c_str());
    throw;
  }
}

/// Makes the folder, or takes the one of a lab that went.
void make_folder(const fs::path& path) {
  const bool made = ::mkdir(path.c_str(), 0711) == 0;
  if (!made && errno != EEXIST) throw KernelError("mkdir", path, "", errno);
  if (made) sys::check(::chmod(path.c_str(), 0711), "set mode of", path.string());
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode))
    throw Error(path.string() + " is there and is no folder");
  std::error_code gone;
  if (!made && !is_labs(path) && !fs::is_empty(path, gone) && !gone && !is_labs(path))
    throw Error(path.string() + " is there and is no lab's run folder; set XCONN_RUN to a folder that only labs use");
}

bool is_locked(const sys::Fd& fd) {
  auto asked = whole_file();
  return ::fcntl(fd.get(), F_OFD_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
}

/// A sweep may have taken the folder away between opening its lock and getting it.
bool is_still_there(const sys::Fd& lock, const fs::path& folder) {
  struct stat held {
  }, there{};
  return ::fstat(lock.get(), &held) == 0 && ::stat((folder / "lock").c_str(), &there) == 0 &&
         held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

}  // namespace

fs::path RunFolder::base() {
  const auto* chosen = std::getenv("XCONN_RUN");
  const fs::path base = chosen != nullptr && *chosen != '\0' ? chosen : "/run/xconn";
  demand_place(base);
  return base;
}

fs::path RunFolder::path_of(const std::string& lab) { return base() / lab; }

bool RunFolder::is_up(const std::string& lab) {
  const auto lock = open_lock(path_of(lab), O_RDWR);
  if (!lock) return errno == EACCES;  // somebody else's: what asks it next is told so
  return is_locked(lock);
}

bool RunFolder::is_there(const std::string& lab) { return is_object_name(lab) && is_labs(path_of(lab)); }

std::vector<std::string> RunFolder::labs() {
  std::vector<std::string> labs;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(base(), gone))
    if (is_object_name(entry.path().filename().string()) && is_labs(entry.path()))
      labs.push_back(entry.path().filename());
  std::sort(labs.begin(), labs.end());
  return labs;
}

std::vector<std::string> RunFolder::labs_up() {
  auto up = labs();
  std::erase_if(up, [](const std::string& lab) { return !is_up(lab); });
  return up;
}

bool RunFolder::sweep(const std::string& lab) {
  const auto path = path_of(lab);
  const auto lock = open_lock(path, O_RDWR);
  if (!lock && errno == ENOENT) ::rmdir(path.c_str());  // of one that was killed before it could lock it
  if (!lock || !try_lock(lock) || !is_still_there(lock, path)) return false;
  // Renamed first: whoever makes the folder anew meanwhile keeps it.
  const auto doomed = base() / ("." + lab + "." + std::to_string(::getpid()));
  std::error_code refused;
  fs::rename(path, doomed, refused);
  return !refused && fs::remove_all(doomed, refused) > 0;
}

RunFolder RunFolder::create(const std::string& lab) {
  const auto path = path_of(lab);
  for (;;) {
    sweep(lab);
    make_base(base());
    make_folder(path);
    auto lock = open_lock(path, O_RDWR | O_CREAT);
    if (!lock && errno == ENOENT) continue;
    if (!lock) throw KernelError("open", path / "lock", "", errno);
    if (!try_lock(lock)) throw Error("lab " + lab + " is up already; take it down first: xconn down " + lab);
    if (is_still_there(lock, path)) return {lab, path, std::move(lock)};
  }
}

RunFolder::RunFolder(std::string lab, fs::path path, sys::Fd lock)
    : lab_(std::move(lab)), path_(std::move(path)), lock_(std::move(lock)) {}

void RunFolder::remove() const {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string choose_lab(const std::optional<std::string>& wanted) {
  const auto labs = RunFolder::labs_up();
  const auto up = labs.empty() ? "no lab is up" : "up: " + join(labs);
  if (wanted) {
    if (std::find(labs.begin(), labs.end(), *wanted) != labs.end()) return *wanted;
    throw NotFoundError("lab " + *wanted + " is not up (" + up + ")");
  }
  if (labs.size() == 1) return labs.front();
  throw NotFoundError(labs.empty() ? "no lab is up; start one: xconn up TOPOLOGY"
                                   : "which lab? name it with --lab NAME (" + up + ")");
}

}  // namespace xconn::world
