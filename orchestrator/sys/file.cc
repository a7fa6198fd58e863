// SPDX-License-Identifier: Apache-2.0
#include "sys/file.hh"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "sys/fd.hh"

namespace xconn::sys {
namespace {

std::string read_all(int fd, const std::string& path) {
  std::string content;
  char buffer[65536];
  while (true) {
    const auto count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    check(static_cast<int>(count), "read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
  }
}

/// A file that is not there yet under its own name: removed unless it was renamed to it.
class Temporary {
 public:
  explicit Temporary(const std::string& path)
      : name_(path + ".XXXXXX"), fd_(check(::mkostemp(name_.data(), O_CLOEXEC), "create file", path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  int fd() const { return fd_.get(); }
  void rename_to(const std::string& path) {
    check(::rename(name_.c_str(), path.c_str()), "rename to", path);
    name_.clear();
  }

 private:
  std::string name_;
  Fd fd_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

void empty_folder(Fd folder, dev_t device, const std::string& path);

void remove_entry(int folder, const char* name, dev_t device, const std::string& path) {
  struct stat status {};
  check(::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW), "read", path);
  if (!S_ISDIR(status.st_mode)) {
    check(::unlinkat(folder, name, 0), "remove", path);
    return;
  }
  if (status.st_dev != device) {
    errno = EXDEV;
    check(-1, "remove folder, something is mounted on", path);
  }
  empty_folder(Fd(check(::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), "open", path)), device,
               path);
  check(::unlinkat(folder, name, AT_REMOVEDIR), "remove folder", path);
}

void empty_folder(Fd folder, dev_t device, const std::string& path) {
  const Folder entries(::fdopendir(folder.get()));
  if (!entries) check(-1, "read folder", path);
  const int fd = folder.release();  // closedir closes it
  while (const auto* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") remove_entry(fd, entry->d_name, device, path + "/" + entry->d_name);
  }
}

}  // namespace

void write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      pollfd full{fd, POLLOUT, 0};
      ::poll(&full, 1, -1);
      continue;
    }
    if (count < 0) check(-1, "write", path);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_file(const std::string& path) {
  const Fd file(check(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
  return read_all(file.get(), path);
}

std::optional<std::string> read_file_if_present(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  check(file.get(), "open", path);
  return read_all(file.get(), path);
}

void write_file(const std::string& path, const std::string& content, mode_t mode) {
  Temporary file(path);
  write_all(file.fd(), content, path);
  check(::fchmod(file.fd(), mode), "set mode of", path);
  file.rename_to(path);
}

void write_output(const std::string& path, const std::string& content, mode_t mode) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  const std::string there = real ? real.get() : path;
  struct stat status {};
  if (::stat(path.c_str(), &status) < 0 || S_ISREG(status.st_mode)) return write_file(there, content, mode);
  const Fd file(check(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open", path));
  write_all(file.get(), content, path);
}

void write_into(const std::string& path, const std::string& content) {
  const Fd file(check(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open", path));
  check(static_cast<int>(::write(file.get(), content.data(), content.size())), "write '" + content + "' to", path);
}

void make_directories(const std::string& path, mode_t mode) {
  for (auto slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const auto part = path.substr(0, slash);
    struct stat status {};
    if (::mkdir(part.c_str(), mode) < 0 && errno != EEXIST) check(-1, "create folder", part);
    check(::stat(part.c_str(), &status), "read", part);
    if (!S_ISDIR(status.st_mode)) {
      errno = ENOTDIR;
      check(-1, "create folder", part);
    }
    if (slash == std::string::npos) return;
  }
}

void remove_tree(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0 && errno == ENOENT) return;
  check(::lstat(path.c_str(), &status), "read", path);
  remove_entry(AT_FDCWD, path.c_str(), status.st_dev, path);
}

}  // namespace xconn::sys
