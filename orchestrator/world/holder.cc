// SPDX-License-Identifier: Apache-2.0
#include "world/holder.hh"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/duration.hh"
#include "base/errors.hh"
#include "sys/clock.hh"
#include "world/run_folder.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

fs::path proc_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

/// The value of a line of /proc/PID/status: "NSpid:\t4711\t1".
std::string status_of(pid_t pid, const std::string& name) {
  std::ifstream file(proc_of(pid) / "status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  return {};
}

/// Its pids from the outermost namespace inwards are several, the last of them 1.
bool is_first_of_a_world(pid_t pid) { return status_of(pid, "NSpid").ends_with("\t1"); }

bool has_open(pid_t pid, const struct stat& wanted) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(proc_of(pid) / "fd", gone)) {
    struct stat open {};
    if (::stat(entry.path().c_str(), &open) == 0 && open.st_ino == wanted.st_ino && open.st_dev == wanted.st_dev)
      return true;
  }
  return false;
}

/// Asked after the pidfd was opened: from then on the pid is not another process's.
std::optional<Holder> holder(pid_t pid, const struct stat& lock) {
  sys::Fd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!pidfd || !is_first_of_a_world(pid) || !has_open(pid, lock)) return std::nullopt;
  return Holder{pid, std::move(pidfd)};
}

std::optional<Holder> search(const struct stat& lock) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const auto pid = static_cast<pid_t>(std::atol(entry.path().filename().c_str()));
    if (pid <= 1 || !is_first_of_a_world(pid)) continue;
    if (auto found = holder(pid, lock)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Holder> find_agent(const std::string& lab) {
  const auto folder = RunFolder::path_of(lab);
  struct stat lock {};
  if (!RunFolder::is_up(lab) || ::stat((folder / "lock").c_str(), &lock) != 0) return std::nullopt;
  std::ifstream file(folder / "pid");
  if (pid_t pid = 0; file >> pid && pid > 1)
    if (auto found = holder(pid, lock)) return found;
  return search(lock);
}

void Wakefulness::demand(pid_t agent) {
  constexpr Duration kStopped = std::chrono::seconds{4};
  const auto state = status_of(agent, "State");  // "T (stopped)"
  if (!state.starts_with('T') && !state.starts_with('t')) return heard();
  if (!stopped_since_) stopped_since_ = sys::now();
  if (sys::now() - *stopped_since_ < kStopped) return;
  const auto pid = std::to_string(agent);
  throw Error("the agent of lab " + lab_ + " (pid " + pid + ") does not answer: it is stopped, state " + state +
              "; let it go on (kill -CONT " + pid + ") or end the lab (xconn down " + lab_ + ")");
}

}  // namespace xconn::world
