// SPDX-License-Identifier: Apache-2.0
#include "services/service.hh"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/errors.hh"
#include "network/names.hh"
#include "services/capabilities.hh"
#include "services/log_tail.hh"
#include "sys/clock.hh"
#include "sys/descendants.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr Duration kFreshFor = std::chrono::milliseconds(100);

}  // namespace

/// The last state heard, whether a question is under way, and who waits for its answer.
struct Service::Known {
  struct Waiting {
    Told told;
    sys::Timer patience;
  };
  nlohmann::json state;
  std::chrono::nanoseconds heard{0}, asked{0}, answered{0};
  bool stale = true, asking = false;
  bool end_told = false;  ///< of a process that has ended: what follows is decided
  int next_waiting = 0;
  std::map<int, Waiting> waiting;

  void answer(const sys::Outcome<nlohmann::json>& outcome) {
    for (auto& [number, one] : std::exchange(waiting, {})) one.told(outcome);
  }
};

Service::Service(plan::Service spec, Context context)
    : spec_(std::move(spec)),
      context_(std::move(context)),
      schedule_(spec_.kind, spec_.restart),
      known_(std::make_unique<Known>()) {}

Service::~Service() = default;

void Service::start() {
  was_ready_ = wants_restart_ = false;
  comes_back_at_.reset();
  comes_back_ = {};
  forget_state();
  refusal_.clear();
  auto spec = process_spec();
  spec.netns = context_.netns.fd();
  spec.capabilities = capabilities_of(kind());
  spec.output = log_file();
  if (spec.directory.empty()) spec.directory = context_.folder;
  argv_ = spec.argv;
  log_ = std::make_unique<LogTail>(context_.loop, log_file(), [this](std::string_view line) { logged(line); });
  process_ = std::make_unique<sys::Process>(context_.loop, spec);
  process_->on_exit([this](int status) { exited(status); });
  following_ = follow();
  if (frozen_) signal(SIGSTOP);
}

bool Service::running() const { return process_ && process_->running(); }

void Service::exited(int status) {
  log_->catch_up();
  if (ending_) return forget_process();
  following_.reset();
  forget_state();
  known_->end_told = true;
  frozen_ = false;
  plan_restart(status);
  tell("service", name() + " ended: " + gone());
}

void Service::plan_restart(int status) {
  if (held_ || done() || !again_) return;
  comes_back_at_ = schedule_.after_end(status, sys::now());
  if (comes_back_at_) comes_back_ = sys::Timer::once(context_.loop, *comes_back_at_ - sys::now(), again_);
}

/// "killed by SIGKILL; it starts again in 5s".
std::string Service::gone() const { return sys::describe_exit(process_->exit_status().value_or(0)) + "; " + fate(); }

std::string Service::fate() const {
  if (held_) return "a fault keeps it down";
  if (done()) return "its work is done";
  if (!comes_back_at_) return "it stays down (restart: " + std::string(name_of(schedule_.policy())) + ")";
  const auto left = std::chrono::round<std::chrono::seconds>(*comes_back_at_ - sys::now());
  return left.count() > 0 ? "it starts again in " + xconn::to_string(left) : "it starts again";
}

void Service::hold(bool held) {
  held_ = held;
  if (!held) return;
  comes_back_at_.reset();
  comes_back_ = {};
}

void Service::set_restart(std::optional<network::RestartPolicy> policy) {
  spec_.restart = policy;
  schedule_ = RestartSchedule(spec_.kind, policy);
}

void Service::forget_state() {
  state_refused(name() + " has ended");
  *known_ = {};
}

void Service::catch_up_log() { log_->catch_up(); }

void Service::refuse(std::string reason) {
  if (refusal_.empty()) refusal_ = std::move(reason);
}

std::optional<std::string> Service::missing() {
  if (ending_) return "it is still ending";
  if (!process_) return held_ ? "a fault keeps it down" : "not started";
  if (!refusal_.empty()) throw ServiceError(argv_, refusal_, last_lines(log_file()));
  if (done()) was_ready_ = true;
  if (done()) return std::nullopt;
  if (!process_->running()) {
    const auto how = sys::describe_exit(process_->exit_status().value_or(0));
    if (!known_->end_told) return how;
    if (held_ || (was_ready_ && comes_back_at_)) return gone();
    if (!was_ready_) throw ServiceError(argv_, how, last_lines(log_file()));
    throw ServiceError(argv_, gone() + "; xconn restart " + context_.node + ":" + name(), last_lines(log_file()));
  }
  auto what = unready();
  if (!what) was_ready_ = true;
  return what;
}

bool Service::done() const { return process_ && may_end() && process_->exit_status() == 0; }

std::vector<int> Service::process_ids() const {
  if (!running()) return {};
  std::vector<int> ids{process_->pid()};
  std::ranges::copy(sys::descendants_of(process_->pid()), std::back_inserter(ids));
  return ids;
}

void Service::signal(int number) {
  if (number == SIGSTOP || number == SIGCONT) frozen_ = number == SIGSTOP;
  const auto ids = process_ids();
  if (ids.empty()) return;
  process_->signal(number);  // by pidfd; the children are ours only as long as it lives
  for (std::size_t at = 1; at < ids.size(); ++at) ::kill(ids[at], number);
}

void Service::stop(Duration grace, sys::Pending pending) {
  if (!running()) return forget_process();
  awaiting_end_.push_back(std::move(pending));
  if (frozen_) signal(SIGKILL);  // it cannot hear a TERM
  ending_ = true;
  process_->end(grace);
}

void Service::forget_process() {
  following_.reset();
  log_.reset();
  process_.reset();
  ending_ = frozen_ = false;
  comes_back_at_.reset();
  comes_back_ = {};
  forget_state();
  awaiting_end_.clear();
}

void Service::files_changed(const std::vector<std::string>& names) {
  if (running() && std::ranges::find(names, spec_.config) != names.end()) ask_for_restart();
}

nlohmann::json Service::whole(nlohmann::json state) const {
  state["running"] = running();
  state["pids"] = process_ids();
  return state;
}

void Service::state(Duration bound, Told told) {
  if (!running()) return told(whole(nlohmann::json::object()));
  const int number = known_->next_waiting++;
  const auto late = [this, number, bound] {
    const auto waiting = std::move(known_->waiting.extract(number).mapped());
    waiting.told(std::make_exception_ptr(
        TimeoutError("the state of " + name(), bound, "it accepts connections and does not answer")));
  };
  known_->waiting.emplace(number, Known::Waiting{std::move(told), sys::Timer::once(context_.loop, bound, late)});
  if (!known_->asking) ask();
}

const nlohmann::json& Service::known() {
  const bool want = known_->stale || sys::now() - known_->heard > kFreshFor;
  if (running() && want && !known_->asking && !unready()) ask();
  return known_->state;
}

void Service::ask() {
  known_->asking = true;
  known_->stale = false;
  known_->asked = sys::now();
  request_state();
}

void Service::state_arrived(nlohmann::json state) {
  known_->state = std::move(state);
  known_->heard = sys::now();
  known_->answered = known_->asked;
  known_->asking = false;
  if (!known_->waiting.empty()) known_->answer(whole(known_->state));
}

void Service::state_refused(std::exception_ptr why) {
  known_->asking = false;
  known_->answer(std::move(why));
}

void Service::state_refused(const std::string& why) { state_refused(std::make_exception_ptr(Error(why))); }

const nlohmann::json& Service::last_state() const { return known_->state; }

bool Service::has_answered(std::chrono::nanoseconds since) {
  if (known_->answered >= since) return true;
  if (known_->asked < since) known_->stale = true;
  known();
  return known_->answered >= since;
}

std::optional<std::string> Service::pending(const RoutesSeen&) const { return std::nullopt; }

void Service::state_changed() { known_->stale = true; }

void Service::stir() {
  if (context_.stirred) context_.stirred();
}

void Service::tell(std::string_view source, std::string text, std::optional<std::chrono::nanoseconds> stamp) {
  if (!context_.events) return;
  context_.events(
      {stamp ? *stamp : sys::now(), std::string(source), context_.node, std::move(text), stamp.has_value()});
}

std::string Service::file(std::string_view name) const { return context_.folder + "/" + std::string(name); }

std::vector<std::string> last_lines(const std::string& file, std::size_t count) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > count) lines.erase(lines.begin());
  }
  return lines;
}

}  // namespace xconn::services
