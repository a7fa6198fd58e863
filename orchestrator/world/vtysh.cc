// SPDX-License-Identifier: Apache-2.0
#include "world/vtysh.hh"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include <cerrno>
#include <filesystem>

#include "base/errors.hh"
#include "sys/file.hh"

namespace xconn::world {
namespace {

constexpr const char* kFrrFolder = "/etc/frr";

bool is_ours() {
  struct statfs found {};
  return ::statfs(kFrrFolder, &found) == 0 && found.f_type == TMPFS_MAGIC;
}

}  // namespace

void cover_frr_folder() {
  if (!std::filesystem::is_directory(kFrrFolder)) return;
  if (::mount("tmpfs", kFrrFolder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") != 0)
    throw KernelError("mount", "tmpfs on " + std::string(kFrrFolder), "", errno);
}

void quiet_vtysh(const std::string& node, const std::string& words) {
  if (!is_ours()) return;
  const auto folder = std::string(kFrrFolder) + "/" + node;
  sys::make_directories(folder);
  sys::write_file(folder + "/vtysh.conf", words, 0644);
}

}  // namespace xconn::world
