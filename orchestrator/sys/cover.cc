// SPDX-License-Identifier: Apache-2.0
#include "sys/cover.hh"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "sys/fd.hh"

namespace xconn::sys {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& folder) {
  return path != folder && std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

Fd clone_mounts(const fs::path& path) {
  constexpr auto kClone = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;
  return Fd(
      check(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), kClone)), "open_tree", path.string()));
}

void attach(const Fd& tree, const fs::path& where) {
  fs::create_directories(where);
  const auto moved = ::syscall(SYS_move_mount, tree.get(), "", AT_FDCWD, where.c_str(), MOVE_MOUNT_F_EMPTY_PATH);
  check(static_cast<int>(moved), "move_mount", where.string());
}

}  // namespace

void cover(const fs::path& folder, const std::vector<fs::path>& kept) {
  std::vector<std::pair<Fd, fs::path>> trees;
  for (const auto& path : kept)
    if (is_below(path, folder) && fs::is_directory(path)) trees.emplace_back(clone_mounts(path), path);
  check(::mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"), "cover", folder.string());
  for (const auto& [tree, path] : trees) attach(tree, path);
}

void cover_file(const fs::path& file) {
  check(::mount("/dev/null", file.c_str(), nullptr, MS_BIND, nullptr), "cover", file.string());
}

}  // namespace xconn::sys
