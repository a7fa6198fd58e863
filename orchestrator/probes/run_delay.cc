// SPDX-License-Identifier: Apache-2.0
#include "probes/run_delay.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>

#include "base/errors.hh"
#include "probes/worker.hh"
#include "sys/clock.hh"
#include "sys/descendants.hh"
#include "sys/fd.hh"
#include "sys/file.hh"

namespace xconn::probes {
namespace {

constexpr Duration kReadPeriod = std::chrono::milliseconds{10}, kSearchPeriod = std::chrono::milliseconds{500};
constexpr int kShare = 100;        // of a processor: one part in so many
constexpr int kKernelThreads = 2;  // kthreadd, where its threads can be seen

std::vector<int> threads_of(int pid) {
  std::vector<int> threads;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), none)) {
    const auto name = entry.path().filename().string();
    int thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    threads.push_back(thread);
  }
  return threads;
}

// A process may end while it is looked at.
std::string text_of(const std::string& path) {
  try {
    return sys::read_file_if_present(path).value_or("");
  } catch (const KernelError&) {
    return "";
  }
}

std::string name_of(int pid) {
  const auto text = text_of(fmt::format("/proc/{}/comm", pid));
  return text.substr(0, text.find('\n'));
}

/// On a busy host it is they who forward what the lab sends.
std::vector<int> forwarding_threads() {
  std::vector<int> found;
  for (const int thread : sys::children_of(kKernelThreads)) {
    if (name_of(thread).starts_with("ksoftirqd/")) found.push_back(thread);
  }
  return found;
}

/// Most of the process's descriptors are for others.
std::size_t most_tasks() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur / 4 : 0;
}

std::optional<RunDelay> read_run_delay(int fd) {
  std::array<char, 128> text;
  const auto size = pread(fd, text.data(), text.size(), 0);
  if (size <= 0) return std::nullopt;
  return parse_run_delay({text.data(), static_cast<std::size_t>(size)});
}

struct Task {
  sys::Fd count;
  std::string name;
  std::optional<RunDelay> last;
  Duration read{0};
};

/// The tasks that are there, by their ids.
class Tasks {
 public:
  explicit Tasks(int root) : root_(root), forwarding_(forwarding_threads()) {}

  void search() {
    for (const int pid : sys::descendants_of(root_)) add_threads(pid);  // not its own: those measure themselves
    for (const int thread : forwarding_) add_threads(thread);
  }

  void read(std::vector<Wait>& waits) {
    for (auto at = tasks_.begin(); at != tasks_.end();)
      at = reread(at->second, waits) ? std::next(at) : tasks_.erase(at);
  }

 private:
  void add_threads(int pid) {
    for (const int thread : threads_of(pid)) {
      if (tasks_.size() >= most_ || tasks_.contains(thread)) continue;
      const auto path = fmt::format("/proc/{}/task/{}/schedstat", pid, thread);
      if (sys::Fd count{::open(path.c_str(), O_RDONLY | O_CLOEXEC)})
        tasks_.emplace(thread, Task{std::move(count), name_of(pid), std::nullopt, Duration{0}});
    }
  }

  /// False for a task that has ended.
  static bool reread(Task& task, std::vector<Wait>& waits) {
    const auto count = read_run_delay(task.count.get());
    if (!count) return false;
    const Duration now = sys::now();
    const Duration wait = task.last ? longest_wait(*task.last, *count, now - task.read) : Duration{0};
    if (wait >= kWaitFloor) waits.push_back({now - wait, now, task.name});
    task.last = count;
    task.read = now;
    return true;
  }

  const int root_;
  const std::vector<int> forwarding_;
  const std::size_t most_ = most_tasks();
  std::map<int, Task> tasks_;
};

/// Does something each period, or as much less often as it costs.
class Paced {
 public:
  explicit Paced(Duration period) : period_(period) {}

  template <class Action>
  void when_due(Action act) {
    const Duration begin = sys::now();
    if (begin < due_) return;
    act();
    due_ = begin + std::max(period_, kShare * (sys::now() - begin));
  }

  Duration due() const { return due_; }

 private:
  const Duration period_;
  Duration due_{0};
};

}  // namespace

std::optional<RunDelay> parse_run_delay(std::string_view schedstat) {
  std::array<std::uint64_t, 3> numbers{};
  const char* at = schedstat.data();
  const char* const end = at + schedstat.size();
  for (auto& number : numbers) {
    while (at != end && *at == ' ') ++at;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) return std::nullopt;
    at = next;
  }
  return RunDelay{Duration{static_cast<std::int64_t>(numbers[1])}, numbers[2]};
}

Duration longest_wait(const RunDelay& before, const RunDelay& after, Duration between) {
  const Duration sum = after.waited - before.waited;
  if (sum.count() <= 0 || after.turns <= before.turns) return Duration{0};
  const Duration average = sum / static_cast<std::int64_t>(after.turns - before.turns);
  return std::max(average, sum - between);
}

RunDelays::RunDelays(int root) : root_(root), thread_([this](const std::stop_token& ending) { live(ending); }) {}

void RunDelays::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::vector<Stall> RunDelays::so_far() const {
  const std::lock_guard guard(noting_);
  return stalls_;
}

std::optional<Wait> RunDelays::longest() const {
  const std::lock_guard guard(noting_);
  return longest_;
}

void RunDelays::begin() {
  const std::lock_guard guard(noting_);
  longest_.reset();
}

/// An hour on a busy host has many waits; those of tasks that waited together are one.
void RunDelays::note(const Wait& wait) {
  if (!longest_ || wait.end - wait.start > longest_->end - longest_->start) longest_ = wait;
  Stall whole{wait.start, wait.end};
  for (; !stalls_.empty() && stalls_.back().end >= whole.start; stalls_.pop_back())
    whole = {std::min(whole.start, stalls_.back().start), std::max(whole.end, stalls_.back().end)};
  stalls_.push_back(whole);
}

void RunDelays::live(const std::stop_token& ending) {
  make_real_time();
  Tasks tasks(root_);
  Paced search(kSearchPeriod), read(kReadPeriod);
  std::vector<Wait> waits;
  while (!ending.stop_requested()) {
    search.when_due([&] { tasks.search(); });
    read.when_due([&] { tasks.read(waits); });
    std::unique_lock lock(noting_);
    for (const auto& wait : waits) note(wait);
    waits.clear();
    due_.wait_for(lock, ending, std::min(read.due(), search.due()) - sys::now(), [] { return false; });
  }
}

}  // namespace xconn::probes
