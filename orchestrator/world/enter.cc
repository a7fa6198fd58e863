// SPDX-License-Identifier: Apache-2.0
#include "world/enter.hh"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/errors.hh"
#include "sys/apparmor.hh"
#include "sys/fd.hh"
#include "sys/privilege.hh"
#include "world/holder.hh"
#include "world/host_world.hh"
#include "world/run_folder.hh"
#include "world/tools.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

void join_world(const std::string& lab) {
  const auto agent = find_agent(lab);
  if (!agent) throw NotFoundError("lab " + lab + " is not up");
  if (::setns(agent->pidfd.get(), kWorld) != 0) {
    if (errno == EPERM) throw HostError("entering a lab needs root (CAP_SYS_ADMIN)", sys::privilege_remedy());
    throw KernelError("enter", "lab " + lab, "", errno);
  }
}

void join_node(const std::string& node) {
  const auto path = "/run/netns/" + node;
  const sys::Fd netns{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!netns) throw NotFoundError("there is no node " + node + "; xconn inspect lists them");
  if (::setns(netns.get(), CLONE_NEWNET) != 0) throw KernelError("enter", "node " + node, "", errno);
}

/// What makes the daemons' own tools find this node's daemons.
void point_tools_at(const Command& command) {
  put_tools_first();
  if (!command.node) return;
  ::setenv("XCONN_NODE", command.node->c_str(), 1);
  const auto strongswan = RunFolder::path_of(command.lab) / "nodes" / *command.node / "charon.strongswan.conf";
  if (fs::exists(strongswan)) ::setenv("STRONGSWAN_CONF", strongswan.c_str(), 1);
}

/// The terminal's foreground process group, given back at the end. A shell has to lead one that it can see: ours is in
/// another pid namespace, and it would fail to hand the terminal back to it.
class Foreground {
 public:
  explicit Foreground(bool wanted) : before_(wanted && ::isatty(STDIN_FILENO) ? ::tcgetpgrp(STDIN_FILENO) : -1) {
    if (before_ >= 0) std::signal(SIGTTOU, SIG_IGN);
  }
  ~Foreground() {
    if (before_ >= 0) ::tcsetpgrp(STDIN_FILENO, before_);
  }
  Foreground(const Foreground&) = delete;
  Foreground& operator=(const Foreground&) = delete;

  /// In the child.
  void take() const {
    if (before_ < 0) return;
    ::setpgid(0, 0);
    ::tcsetpgrp(STDIN_FILENO, ::getpid());
    std::signal(SIGTTOU, SIG_DFL);
  }

 private:
  pid_t before_;
};

[[noreturn]] void execute(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::signal(SIGPIPE, SIG_DFL);  // we ignore it, which a command would inherit
  ::execvp(words[0], words.data());
  const bool is_absent = errno == ENOENT && argv.front().find('/') == std::string::npos;
  std::fprintf(
      stderr, "xconn: %s: %s\n", words[0],
      is_absent ? "there is no such program; a node has the host's, so install it there" : std::strerror(errno));
  ::_exit(127);
}

int wait_for(pid_t child) {
  // The terminal's Ctrl-C is for the command, which is in our process group.
  for (const int signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_IGN);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// The exit status of a child that does this.
template <typename Body>
int in_child(const Body& body) {
  const auto child = ::fork();
  if (child < 0) throw KernelError("fork", "", "", errno);
  if (child != 0) return wait_for(child);
  ::prctl(PR_SET_PDEATHSIG, SIGHUP);  // a killed `xconn exec` does not leave its command in the lab
  body();
  ::_exit(0);
}

[[noreturn]] void run(const Command& command, const Foreground& foreground) {
  foreground.take();
  execute(command.argv);
}

/// In a pid namespace of its own, whose first process only waits: the first one would not hear of Ctrl-C.
[[noreturn]] void run_as_guest(const Command& command, const sys::User& account, const Foreground& foreground) {
  sys::check(::unshare(CLONE_NEWPID), "create pid namespace");
  ::_exit(in_child([&] {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    show_only(*command.guest, account, RunFolder::path_of(command.lab));
    ::_exit(in_child([&] {
      become(account);
      run(command, foreground);
    }));
  }));
}

}  // namespace

int run_inside(const Command& command) {
  const auto folder = fs::current_path();
  const auto account = command.guest ? std::optional(account_of(*command.guest)) : std::nullopt;
  if (account) demand_plain_standard();
  join_world(command.lab);
  if (command.node) join_node(*command.node);
  std::error_code stays_at_root;
  fs::current_path(folder, stays_at_root);
  point_tools_at(command);
  const Foreground foreground(command.is_shell);
  return in_child([&] {  // setns(CLONE_NEWPID) counts for children only
    sys::execute_unconfined();
    if (account) run_as_guest(command, *account, foreground);
    run(command, foreground);
  });
}

}  // namespace xconn::world
