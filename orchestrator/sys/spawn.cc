// SPDX-License-Identifier: Apache-2.0
// The only place that knows Boost.Process.
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>
#include <cstring>

#include "base/errors.hh"
#include "sys/apparmor.hh"
#include "sys/child_registry.hh"
#include "sys/children.hh"
#include "sys/confinement.hh"
#include "sys/user.hh"

extern "C" {
#include <sys/pidfd.h>
}

namespace xconn::sys {
namespace {

namespace process = boost::process::v2;
using Arguments = const char* const*;
using Launcher = process::posix::default_launcher;

constexpr auto kSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr:/usr/lib/ipsec";

/// What a topology's own command and a tool of ours may: the node's network, and what any container may.
const auto kOfUsers = capabilities({CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE, CAP_CHOWN, CAP_DAC_OVERRIDE,
                                    CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_NICE});

/// Memory shared with the child until exec: which step it was at, for the error message.
class Progress {
 public:
  Progress()
      : text_(static_cast<char*>(::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (text_ == MAP_FAILED) check(-1, "map memory");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { ::munmap(text_, kSize); }
  void at(const char* step) { std::strncpy(text_, step, kSize - 1); }
  std::string text() const { return text_; }

 private:
  static constexpr std::size_t kSize = 4096;
  char* text_;
};

/// nullopt: nobody else than us.
std::optional<User> other_user(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(find_user(name));
}

/// What happens in the child between fork and exec, as an initializer of Boost.Process v2. Each step leaves errno set
/// when it fails, for that is what the launcher sends to the parent.
class Setup {
 public:
  Setup(const ProcessSpec& spec, const Standard& standard, Progress& progress)
      : spec_(spec), standard_(standard), progress_(progress), user_(other_user(spec.user)), parent_(::getpid()) {}

  process::error_code on_exec_setup(Launcher&, const process::filesystem::path&, Arguments&) {
    execute_unconfined();  // while we are root, and /proc is ours
    const bool done = enter_namespaces() && redirect() && become_user() && settle();
    return done ? process::error_code{} : process::error_code(errno, boost::system::system_category());
  }

  // The launcher would call exit(), which runs the parent's atexit handlers in the child. (1.81 asks for two
  // signatures.)
  template <typename... Ignored>
  void on_exec_error(Ignored&&...) {
    ::_exit(127);
  }

 private:
  bool step(const char* name, int result) {
    if (result < 0) progress_.at(name);
    return result >= 0;
  }

  bool enter_namespaces() {
    if (spec_.netns >= 0 && !step("enter network namespace", ::setns(spec_.netns, CLONE_NEWNET))) return false;
    if (const auto* view = children_view(); view != nullptr && *view)
      if (!step("enter the view of the host's files", ::setns(view->get(), CLONE_NEWNS))) return false;
    if (spec_.binds.empty()) return true;
    // Slave: our unmounts (a node's pinned namespace) reach it, its mounts do not reach us.
    if (!step("create mount namespace", ::unshare(CLONE_NEWNS))) return false;
    if (!step("make mounts private", ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr))) return false;
    for (const auto& [from, onto] : spec_.binds)
      if (!step(("bind " + from + " over " + onto).c_str(),
                ::mount(from.c_str(), onto.c_str(), nullptr, MS_BIND | MS_REC, nullptr)))
        return false;
    return true;
  }

  bool redirect() {
    return step("redirect stdin", ::dup2(standard_.in, 0)) && step("redirect stdout", ::dup2(standard_.out, 1)) &&
           step("redirect stderr", ::dup2(standard_.err, 2)) &&
           step("enter working directory", ::chdir(spec_.directory.empty() ? "/" : spec_.directory.c_str()));
  }

  bool become_user() {
    if (!user_) return true;
    return step("set groups", ::setgroups(user_->groups.size(), user_->groups.data())) &&
           step("set group", ::setresgid(user_->gid, user_->gid, user_->gid)) &&
           step("set user", ::setresuid(user_->uid, user_->uid, user_->uid));
  }

  bool settle() {
    sigset_t none;
    ::sigemptyset(&none);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setsid();
    // The launcher's own closing (1.81) spares what lies between stderr and its error pipe.
    if (!step("close files", ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC))) return false;
    // After the change of user, which clears it. A parent that died before it was set is gone: follow.
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = std::min<rlim_t>(descriptors.rlim_cur, 1024);  // daemons size tables by it
    ::setrlimit(RLIMIT_NOFILE, &descriptors);
    if (!step("set death signal", ::prctl(PR_SET_PDEATHSIG, SIGKILL))) return false;
    if (::getppid() != parent_) ::_exit(127);
    if (children_view() != nullptr &&
        !step("give up capabilities", give_up_all_but(spec_.capabilities.value_or(kOfUsers)) ? 0 : -1))
      return false;
    progress_.at("execute");
    return true;
  }

  const ProcessSpec& spec_;
  const Standard& standard_;
  Progress& progress_;
  std::optional<User> user_;
  pid_t parent_;
};

std::vector<std::string> environment_of(const ProcessSpec& spec) {
  std::vector<std::string> all;
  if (!spec.environment.contains("PATH")) all.push_back(std::string("PATH=") + kSearchPath);
  for (const auto& [name, value] : spec.environment) all.push_back(name + "=" + value);
  return all;
}

std::string program_of(const ProcessSpec& spec) {
  if (spec.argv.empty()) throw std::logic_error("a process needs an argv");
  const auto found = find_program(spec.argv.front());
  if (!found) throw HostError("the program " + spec.argv.front() + " is missing", "install the package that has it");
  return *found;
}

/// The launcher wants a context, though the waiting is ours. One for all (a new one costs three descriptors, and leaks
/// them when it fails half-way); used under the ChildLock only.
boost::asio::io_context& launching_context() {
  static boost::asio::io_context context;
  return context;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  const auto* own = ::getenv("PATH");
  const auto search = (own == nullptr ? "" : std::string(own) + ":") + kSearchPath;
  for (std::size_t from = 0, to = 0; to != std::string::npos; from = to + 1) {
    to = search.find(':', from);
    const auto path = search.substr(from, to == std::string::npos ? to : to - from) + "/" + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return std::nullopt;
}

std::shared_ptr<Child> spawn(const ProcessSpec& spec, const Standard& standard) {
  const auto program = program_of(spec);
  Progress progress;
  Setup setup(spec, standard, progress);
  const auto environment = environment_of(spec);
  std::vector<const char*> environment_pointers;
  for (const auto& variable : environment) environment_pointers.push_back(variable.c_str());
  environment_pointers.push_back(nullptr);
  Launcher launcher;
  launcher.env = environment_pointers.data();
  process::error_code error;
  ChildLock lock;
  const std::vector<std::string> arguments(spec.argv.begin() + 1, spec.argv.end());
  auto child = std::make_shared<Child>();
  try {
    auto started = launcher(launching_context().get_executor(), error, program, arguments, setup);
    started.detach();
    if (!error) child->pidfd = Fd(check(::pidfd_open(launcher.pid, 0), "open pidfd"));
  } catch (...) {  // out of file descriptors: nobody would hold the child that runs by now
    if (launcher.pid > 0) lock.abandon(launcher.pid);
    throw;
  }
  if (error) {
    if (launcher.pid > 0) lock.abandon(launcher.pid);
    throw KernelError(launcher.pid > 0 ? progress.text() : "fork", program, "", error.value());
  }
  lock.adopt(launcher.pid);
  child->pid = launcher.pid;
  return child;
}

}  // namespace xconn::sys
