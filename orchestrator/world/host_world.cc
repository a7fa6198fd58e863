// SPDX-License-Identifier: Apache-2.0
#include "world/host_world.hh"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "base/errors.hh"
#include "sys/confine.hh"
#include "sys/cover.hh"
#include "sys/privilege.hh"
#include "sys/root.hh"
#include "sys/view.hh"
#include "world/tools.hh"
#include "world/vtysh.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

void demand(bool ok, const char* operation, const std::string& object) {
  if (!ok) throw KernelError(operation, object, "", errno);
}

/// All that the child needs, made before the clone, so that it only makes system calls.
struct Launch {
  std::string program, lab, lock, status;
  std::array<const char*, 8> argv;
  std::array<const char*, 4> environment;
  int lock_fd, status_fd, log_fd, null_fd;
};

[[noreturn]] void become_agent(const Launch& launch) {
  ::setsid();
  ::dup2(launch.null_fd, 0);
  ::dup2(launch.log_fd, 1);
  ::dup2(launch.log_fd, 2);
  // Nothing of the caller's but these two: a lock or a pipe of a shell must not live as long as the lab.
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const int fd : {launch.lock_fd, launch.status_fd}) ::fcntl(fd, F_SETFD, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(launch.program.c_str(), const_cast<char* const*>(launch.argv.data()),
           const_cast<char* const*>(launch.environment.data()));
  ::_exit(127);
}

pid_t clone_into_world(int& pidfd) {
  clone_args arguments{};
  arguments.flags = kWorld | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

void mount_at(const char* type, const char* where, unsigned long flags, const char* options) {
  demand(::mount(type, where, type, flags, options) == 0, "mount", std::string(type) + " on " + where);
}

/// A node takes about ten descriptors, and the usual soft limit of 1024 ends at a hundred nodes (lab/limits.cc looks at
/// the hard one). Children get the usual limit back (sys/spawn.cc).
void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1U << 20);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void bring_lo_up() {
  const sys::Fd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP;
  demand(::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0, "set up", "lo");
}

/// Nodes are pinned here later, and are to be seen by programs whose mounts were copied before (sys/view.hh).
void share_namespaces() {
  constexpr auto kPlace = "/run/netns";
  fs::create_directories(kPlace);
  demand(::mount(kPlace, kPlace, nullptr, MS_BIND, nullptr) == 0, "bind", kPlace);
  demand(::mount(nullptr, kPlace, nullptr, MS_SHARED, nullptr) == 0, "share", kPlace);
}

/// What programs of the lab may write: their files, FRR's sockets, and the settings of their own network.
std::vector<std::string> writable(const fs::path& folder) {
  std::vector<std::string> all{folder / "nodes", "/run/frr", "/var/tmp", "/proc/sys/net"};
  for (const auto& path : all) fs::create_directories(path);
  return all;
}

std::optional<std::string> confine_programs(const fs::path& folder) {
  sys::confine_children({});
  try {
    sys::confine_children(sys::make_view(writable(folder)));
  } catch (const KernelError& error) {
    return std::string("the host's files cannot be made read-only for this lab's programs: ") + error.what();
  }
  return std::nullopt;
}

}  // namespace

AgentProcess start_agent(const RunFolder& folder, const std::string& program) {
  int pipe[2];
  demand(::pipe2(pipe, O_CLOEXEC) == 0, "pipe", "agent status");
  sys::Fd ours{pipe[0]}, theirs{pipe[1]};
  const sys::Fd log{::open((folder / "agent.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  const sys::Fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  demand(static_cast<bool>(log), "open", folder / "agent.log");

  const auto run = "XCONN_RUN=" + RunFolder::base().string();
  const auto libexec =
      std::string("XCONN_LIBEXEC=") + (std::getenv("XCONN_LIBEXEC") ? std::getenv("XCONN_LIBEXEC") : "");
  Launch launch{program,
                folder.lab(),
                std::to_string(folder.lock().get()),
                std::to_string(theirs.get()),
                {},
                {},
                folder.lock().get(),
                theirs.get(),
                log.get(),
                null.get()};
  launch.argv = {launch.program.c_str(), "agent",    launch.lab.c_str(),    "--lock",
                 launch.lock.c_str(),    "--status", launch.status.c_str(), nullptr};
  launch.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", run.c_str(),
                        libexec.c_str(), nullptr};
  int pidfd = -1;
  const auto pid = clone_into_world(pidfd);
  if (pid == 0) become_agent(launch);
  if (pid < 0 && errno == EPERM)
    throw HostError("creating namespaces needs root (CAP_SYS_ADMIN)", sys::privilege_remedy("xconn up ..."));
  demand(pid > 0, "clone3", "a world for lab " + folder.lab());
  return {pid, sys::Fd{pidfd}, std::move(ours)};
}

std::optional<std::string> settle_in(const std::string& lab) {
  ::umask(022);  // daemons that give up root read what is made for them
  sys::take_root_along();
  const auto folder = RunFolder::path_of(lab);
  sys::cover("/run", {folder});  // the run folder stays at its usual place
  allow_many_descriptors();
  mount_at("tmpfs", "/var/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  cover_frr_folder();
  share_namespaces();
  offer_tools();
  demand(::sethostname(lab.data(), std::min<std::size_t>(lab.size(), 64)) == 0, "set host name", lab);
  bring_lo_up();
  return confine_programs(folder);
}

bool wait_gone(const sys::Fd& pidfd, std::chrono::nanoseconds bound) {
  pollfd ended{pidfd.get(), POLLIN, 0};
  return ::poll(&ended, 1, static_cast<int>(bound / std::chrono::milliseconds{1})) == 1;
}

}  // namespace xconn::world
