// SPDX-License-Identifier: Apache-2.0
#include "sys/process.hh"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/errors.hh"
#include "base/teardown.hh"
#include "sys/children.hh"
#include "sys/debug_log.hh"
#include "sys/loop.hh"

extern "C" {
#include <sys/pidfd.h>
}

namespace xconn::sys {
namespace {

constexpr std::string_view kTopic = "process";

constexpr auto kDieBound = std::chrono::seconds(10);  // for a process that was killed to be gone

Fd open_output(const std::string& path) {
  const auto& name = path.empty() ? "/dev/null" : path;
  return Fd(check(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), "open", name));
}

std::shared_ptr<Child> start(const ProcessSpec& spec) {
  const Fd input(check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open", "/dev/null"));
  const auto output = open_output(spec.output);
  return spawn(spec, Standard{input.get(), output.get(), output.get()});
}

std::string words_of(const std::vector<std::string>& argv) {
  std::string words;
  for (const auto& word : argv) words += " " + word;
  return words;
}

}  // namespace

std::string describe_exit(int wait_status) {
  if (WIFEXITED(wait_status)) return "exit status " + std::to_string(WEXITSTATUS(wait_status));
  if (!WIFSIGNALED(wait_status)) return "wait status " + std::to_string(wait_status);
  const auto* name = ::sigabbrev_np(WTERMSIG(wait_status));
  return std::string("killed by SIG") + (name == nullptr ? std::to_string(WTERMSIG(wait_status)) : name);
}

struct Process::State {
  State(Loop& its_loop, std::shared_ptr<Child> its_child) : loop(its_loop), child(std::move(its_child)) {}

  void tell() {
    watch = Watch();
    patience = Timer();
    if (auto call = std::exchange(callback, {}); call && status) call(*status);
  }

  void look() {
    if (status) return;
    status = collect(*child);
    if (status) debug(kTopic, [&] { return std::to_string(child->pid) + " ended: " + describe_exit(*status); });
  }

  Loop& loop;
  std::shared_ptr<Child> child;
  std::optional<int> status;
  std::function<void(int)> callback;
  Watch watch;
  Timer patience;  // of end()
  bool ending = false;
};

Process::Process(Loop& loop, const ProcessSpec& spec) : state_(std::make_shared<State>(loop, start(spec))) {
  debug(kTopic, [&] { return std::to_string(pid()) + " started:" + words_of(spec.argv); });
  state_->watch = Watch(loop, state_->child->pidfd.get(), [weak = std::weak_ptr(state_)] {
    const auto state = weak.lock();
    if (!state) return;
    state->look();
    if (state->status) state->tell();
  });
}

Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

Process::~Process() {
  if (!state_) return;
  tear_down("a process", [this] { stop(); });  // one that cannot die goes with the world
}

pid_t Process::pid() const { return state_->child->pid; }
int Process::pidfd() const { return state_->child->pidfd.get(); }
bool Process::running() const { return !exit_status(); }

std::optional<int> Process::exit_status() const {
  state_->look();  // the callback is still owed: a pidfd stays readable for good
  return state_->status;
}

bool Process::signal(int number) { return running() && ::pidfd_send_signal(pidfd(), number, nullptr, 0) == 0; }

void Process::on_exit(std::function<void(int)> callback) {
  state_->callback = std::move(callback);
  if (state_->status) state_->loop.post([state = state_] { state->tell(); });
}

void Process::end(Duration grace) {
  if (state_->ending || !signal(SIGTERM)) return;
  state_->ending = true;
  signal(SIGCONT);  // a frozen process cannot obey
  state_->patience = Timer::once(state_->loop, grace, [child = state_->child] { signal_group(*child, SIGKILL); });
}

int Process::stop(Duration grace) {
  state_->callback = {};
  state_->watch = Watch();
  state_->patience = Timer();
  if (signal(SIGTERM)) signal(SIGCONT);  // a frozen process cannot obey
  if (!state_->status) state_->status = collect_within(*state_->child, grace);
  if (!state_->status) {
    signal_group(*state_->child, SIGKILL);
    state_->status = collect_within(*state_->child, kDieBound);
  }
  if (!state_->status)
    throw TimeoutError("process " + std::to_string(pid()) + " to die", kDieBound, "killed, but still there");
  return *state_->status;
}

}  // namespace xconn::sys
