// SPDX-License-Identifier: Apache-2.0
// Child processes: an argv, a pidfd and a stop rule; never a shell string, never a bare pid. Made with Boost.Process
// v2; waited for by pidfd. Children die with the thread that started them (PDEATHSIG): start them from a thread that
// lives.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/duration.hh"
#include "sys/confine.hh"

namespace xconn::sys {

class Loop;

struct ProcessSpec {
  std::vector<std::string> argv;                   ///< argv[0] is searched in PATH unless it has a '/'
  std::map<std::string, std::string> environment;  ///< nothing is inherited but PATH
  int netns = -1;                                  ///< network namespace to start in; -1 stays in ours
  /// Bind mounts (first is seen at second, which must exist) in a mount namespace of its own; nothing leaks outward,
  /// mounts and unmounts of ours still reach it where they are shared.
  std::vector<std::pair<std::string, std::string>> binds;
  /// What it may ever hold once children are confined (confine.hh); nullopt: what a user's own command may.
  std::optional<Capabilities> capabilities;
  std::string output;     ///< file to which stdout and stderr are appended (0600); empty: /dev/null
  std::string user;       ///< setuid, setgid and groups of this user; empty: ours
  std::string directory;  ///< working directory; empty: "/"
};

/// How a process ended, as a person reads it: "exit status 1", "killed by SIGKILL".
std::string describe_exit(int wait_status);

/// A running child. Move-only. The destructor stops it with a grace of 1 s.
class Process {
 public:
  /// Throws HostError when the program is missing, KernelError when a step before exec fails (it says which).
  Process(Loop& loop, const ProcessSpec& spec);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  pid_t pid() const;
  int pidfd() const;
  bool running() const;
  /// The wait status (see WIFEXITED ...), once it has ended.
  std::optional<int> exit_status() const;
  /// True when the signal was delivered, false when it has ended already.
  bool signal(int number);
  /// Called once on the loop with the wait status, also when it has ended before. Replaces an earlier callback.
  void on_exit(std::function<void(int wait_status)> callback);
  /// TERM, and KILL after `grace`; returns at once, on_exit tells of the end. A second call changes nothing.
  void end(Duration grace);
  /// The same for who has no loop to run: blocks, at most `grace` and what a killed process needs to be gone. Returns
  /// the wait status. on_exit is not called.
  int stop(Duration grace = std::chrono::seconds(1));

 private:
  struct State;
  std::shared_ptr<State> state_;
};

struct Output {
  int status = 0;  ///< exit code; 128 + signal when it was killed by one
  std::string out, err;
};

struct RunOptions {
  int netns = -1;
  /// For what should be instant: long, for an emulated or starved machine needs over ten seconds to load a program.
  Duration deadline = std::chrono::seconds(60);
  std::string input;  ///< given on stdin, which is then closed
  std::map<std::string, std::string> environment = {};
  std::vector<std::pair<std::string, std::string>> binds = {};
};

/// Runs a short command to its end, from any thread, without a loop. A non-zero status is no error here. Throws
/// TimeoutError (the command is killed) at the deadline, HostError when the program is missing.
Output run(const std::vector<std::string>& argv, const RunOptions& options = {});

/// Throws ServiceError unless the command ends with status 0; returns its stdout.
std::string run_checked(const std::vector<std::string>& argv, const RunOptions& options = {});

/// The path of a program in PATH and the sbin folders.
std::optional<std::string> find_program(const std::string& name);

/// For pid 1: reaps the orphans that the kernel gives us, and leaves alone the children that Process and run() own.
class Reaper {
 public:
  explicit Reaper(Loop& loop, std::function<void(pid_t pid, int wait_status)> reaped = {});
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::sys
