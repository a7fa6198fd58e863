// SPDX-License-Identifier: Apache-2.0
#include "sys/children.hh"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <mutex>
#include <unordered_map>

#include "sys/child_registry.hh"
#include "sys/clock.hh"

namespace xconn::sys {
namespace {

struct Registry {
  std::mutex mutex;
  std::unordered_map<pid_t, std::optional<int>> owned;  // with the status of those the Reaper met first
};

Registry& registry() {
  static Registry the_registry;
  return the_registry;
}

std::optional<int> reap(pid_t pid) {
  int status = 0;
  const auto result = ::waitpid(pid, &status, WNOHANG);
  if (result == 0) return std::nullopt;
  // ECHILD: somebody else reaped it, which only code outside sys/ can do; the status is lost.
  return result == pid ? status : 0;
}

}  // namespace

ChildLock::ChildLock() : lock_(registry().mutex) {}

void ChildLock::adopt(pid_t pid) { registry().owned.emplace(pid, std::nullopt); }

void ChildLock::abandon(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

std::optional<int> collect(const Child& child) {
  auto& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto found = all.owned.find(child.pid);
  if (found == all.owned.end()) return std::nullopt;
  const auto status = found->second ? found->second : reap(child.pid);
  if (status) all.owned.erase(found);
  return status;
}

std::optional<int> collect_within(const Child& child, Duration bound) {
  const auto deadline = now() + bound;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now());
    pollfd waiting{child.pidfd.get(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return collect(child);
    if (ready == 0 && left.count() <= 0) return std::nullopt;
  }
}

void signal_group(const Child& child, int number) {
  auto& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto found = all.owned.find(child.pid);
  if (found != all.owned.end() && !found->second) ::kill(-child.pid, number);
}

void reap_all(const std::function<void(pid_t pid, int wait_status)>& orphan) {
  auto& all = registry();
  while (true) {
    std::unique_lock lock(all.mutex);
    siginfo_t ended{};
    // First only a look: whose it is decides who is told.
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) < 0 || ended.si_pid == 0) return;
    const auto status = reap(ended.si_pid).value_or(0);
    const auto found = all.owned.find(ended.si_pid);
    if (found != all.owned.end()) {
      found->second = status;
      continue;
    }
    lock.unlock();
    if (orphan) orphan(ended.si_pid, status);
  }
}

}  // namespace xconn::sys
