// SPDX-License-Identifier: Apache-2.0
#include "sys/view.hh"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "sys/file.hh"
#include "sys/root.hh"

namespace xconn::sys {
namespace {

constexpr std::array kDevices{"null", "zero", "full", "random", "urandom", "tty", "net/tun"};
constexpr std::array<std::pair<const char*, const char*>, 5> kLinks{{{"/proc/self/fd", "/dev/fd"},
                                                                     {"/proc/self/fd/0", "/dev/stdin"},
                                                                     {"/proc/self/fd/1", "/dev/stdout"},
                                                                     {"/proc/self/fd/2", "/dev/stderr"},
                                                                     {"pts/ptmx", "/dev/ptmx"}}};

Fd own_mounts() { return Fd(check(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "open", "/proc/self/ns/mnt")); }

Fd folder(const char* path) { return Fd(check(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), "open", path)); }

/// Our own mounts again, whatever happens, and the root and working directory there: setns forgets them, and a chroot's
/// user would go on with the host's files. Who cannot come back must not go on.
class Return {
 public:
  Return() : ours_(own_mounts()), root_(folder("/")), here_(folder(".")) {}
  Return(const Return&) = delete;
  Return& operator=(const Return&) = delete;
  ~Return() {
    const bool is_back = ::setns(ours_.get(), CLONE_NEWNS) == 0 && ::fchdir(root_.get()) == 0 && ::chroot(".") == 0 &&
                         ::fchdir(here_.get()) == 0;
    if (!is_back) std::abort();
  }

 private:
  Fd ours_, root_, here_;
};

void mount_at(const char* type, const char* where, unsigned long flags, const char* options) {
  check(::mount(type, where, type, flags, options), "mount", where);
}

/// A device of the host, to be mounted at its place in another /dev. Empty where there is none.
Fd device(const char* name) {
  const auto path = std::string("/dev/") + name;
  return Fd(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
}

void place(const Fd& device, const char* name) {
  const auto path = std::string("/dev/") + name;
  const Fd file(check(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666), "create", path));
  check(static_cast<int>(::syscall(SYS_move_mount, device.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH)),
        "mount", path);
}

void cover_devices() {
  std::array<Fd, kDevices.size()> devices;
  for (std::size_t i = 0; i < devices.size(); ++i) devices[i] = device(kDevices[i]);
  mount_at("tmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=0755,size=1m");
  for (const auto* folder : {"/dev/net", "/dev/pts", "/dev/shm"}) make_directories(folder);
  for (std::size_t i = 0; i < devices.size(); ++i)
    if (devices[i]) place(devices[i], kDevices[i]);
  for (const auto& [target, link] : kLinks) check(::symlink(target, link), "link", link);
  mount_at("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
  mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
}

void set_mount(const std::string& path, unsigned flags, std::uint64_t set, std::uint64_t clear) {
  mount_attr attributes{.attr_set = set, .attr_clr = clear, .propagation = 0, .userns_fd = 0};
  check(static_cast<int>(::syscall(SYS_mount_setattr, AT_FDCWD, path.c_str(), flags, &attributes, sizeof attributes)),
        "set mount attributes of", path);
}

}  // namespace

void leave_mounts() {
  check(::unshare(CLONE_NEWNS), "create mount namespace");
  if (!root_is_a_mount()) take_root_along();
  // systemd shares all mounts: what is mounted below would cover the host's own /dev.
  check(::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr), "hear of mounts and tell of none", "/");
}

void try_to_leave_mounts() {
  const Return afterwards;
  leave_mounts();
}

void narrow_mounts(const std::vector<std::string>& writable) {
  for (const auto& path : writable) check(::mount(path.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), "bind", path);
  cover_devices();
  set_mount("/", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0);
  for (const auto& path : writable) set_mount(path, 0, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY);
  for (const auto* path : {"/dev/pts", "/dev/shm"}) set_mount(path, 0, 0, MOUNT_ATTR_RDONLY);
}

Fd make_view(const std::vector<std::string>& writable) {
  const Return afterwards;
  leave_mounts();
  narrow_mounts(writable);
  return own_mounts();
}

}  // namespace xconn::sys
