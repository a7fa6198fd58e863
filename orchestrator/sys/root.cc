// SPDX-License-Identifier: Apache-2.0
#include "sys/root.hh"

#include <fcntl.h>
#include <linux/stat.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/fd.hh"

namespace xconn::sys {
namespace {

/// From a chroot to the root that the mount namespace has.
void go_to_the_root_of_all() {
  const Fd self(check(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)), "open process", "self"));
  check(::setns(self.get(), CLONE_NEWNS), "enter", "the root of the mount namespace");
}

void make_mounts_private() { check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make private", "/"); }

}  // namespace

void take_root_along() {
  constexpr auto kClone = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;
  const Fd here(check(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, "/", kClone)), "open_tree", "/"));
  go_to_the_root_of_all();
  make_mounts_private();
  check(static_cast<int>(::syscall(SYS_move_mount, here.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH)),
        "move_mount", "/");
  go_to_the_root_of_all();
  make_mounts_private();
}

bool root_is_a_mount() {
  struct statx found {};
  check(static_cast<int>(::syscall(SYS_statx, AT_FDCWD, "/", 0, 0, &found)), "stat", "/");
  return (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace xconn::sys
