// SPDX-License-Identifier: Apache-2.0
#include "world/guest.hh"

#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/errors.hh"
#include "sys/confine.hh"
#include "sys/cover.hh"
#include "sys/fd.hh"
#include "sys/file.hh"
#include "sys/installation.hh"
#include "sys/view.hh"
#include "world/vtysh.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVtyGroup = "frrvty";  // who may talk to FRR's daemons
constexpr uid_t kFirst = 1U << 30;           // of the guests; accounts, containers and units are far below
constexpr std::array<std::string_view, 5> kSystem{"bin", "etc", "lib", "sbin", "usr"};  // and lib64 and its like
constexpr std::array<std::string_view, 5> kGuestFolders{"dev", "proc", "run", "sys", "tmp"};

bool is_shown(const std::string& name) {
  return std::ranges::count(kGuestFolders, name) != 0 || std::ranges::count(kSystem, name) != 0 ||
         name.starts_with("lib");
}

/// Whatever else the host has at its root: where others may write, they could put a socket, and send a guest a
/// descriptor; and a file there may say how the host was made.
void cover_the_rest() {
  for (const auto& entry : fs::directory_iterator("/")) {
    const auto type = entry.symlink_status().type();
    if (type == fs::file_type::directory && !is_shown(entry.path().filename())) sys::cover(entry.path());
    if (type != fs::file_type::directory && type != fs::file_type::symlink) sys::cover_file(entry.path());
  }
  if (fs::is_directory("/var")) fs::create_directory_symlink("/run", "/var/run");  // as FRR's tools call it
}

/// Those that ship are among the system's folders, with their solutions.
void cover_exercises(const fs::path& folder) {
  if (fs::is_directory(folder)) sys::cover(folder);
}

std::vector<fs::path> kept(const Guest& guest, const fs::path& folder) {
  std::vector<fs::path> all{"/run/tools"};
  for (const auto& node : guest.nodes) all.insert(all.end(), {folder / "nodes" / node, fs::path("/run/frr") / node});
  return all;
}

/// The guest under the name that it has outside: the first line with a name counts.
void name_account(const sys::User& account) {
  constexpr const char* kPlace = "/run/passwd";
  const auto numbers = std::to_string(account.uid) + ":" + std::to_string(account.gid);
  sys::write_file(kPlace, account.name + ":x:" + numbers + "::/tmp:/bin/bash\n" + sys::read_file("/etc/passwd"));
  sys::check(::mount(kPlace, "/etc/passwd", nullptr, MS_BIND, nullptr), "bind", "/etc/passwd");
}

void quiet_routers(const Guest& guest, const sys::User& account) {
  cover_frr_folder();
  for (const auto& node : guest.nodes) quiet_vtysh(node, "username " + account.name + " nopassword\n");
}

void mount_own(const char* type, const char* where, unsigned long flags, const char* options) {
  sys::check(::mount(type, where, type, flags, options), "mount", where);
}

bool is_plain(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return false;
  if (S_ISCHR(status.st_mode)) return status.st_rdev == makedev(1, 3) || ::isatty(descriptor) == 1;
  return S_ISFIFO(status.st_mode);
}

}  // namespace

sys::User account_of(const Guest& guest) {
  auto user = sys::find_user(guest.user);
  if (user.uid == 0 || user.uid >= kFirst) throw Error(guest.user + " is no guest: name an ordinary user of this host");
  const auto vtysh = sys::find_group(kVtyGroup);
  user.gid = user.uid += kFirst;
  user.groups = vtysh ? std::vector{*vtysh} : std::vector<gid_t>{};
  return user;
}

void demand_plain_standard() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (!is_plain(descriptor))
      throw Error(
          "a guest's standard input, output and error are terminals, pipes or /dev/null; write cat FILE | ..., "
          "... | cat > FILE, or ssh -t");
}

void show_only(const Guest& guest, const sys::User& account, const fs::path& folder) {
  ::umask(022);
  const auto exercises = sys::share_below(sys::own_folder()) / "exercises";
  sys::leave_mounts();
  cover_the_rest();
  cover_exercises(exercises);
  sys::cover("/run", kept(guest, folder));
  name_account(account);
  quiet_routers(guest, account);
  mount_own("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777,size=64m");
  mount_own("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  sys::narrow_mounts({"/tmp", "/proc/sys/net"});
  fs::current_path("/tmp");
}

void become(const sys::User& account) {
  sys::become(account, sys::capabilities({CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE}));
}

}  // namespace xconn::world
