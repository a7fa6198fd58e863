#include "services/service.hh"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/errors.hh"
#include "services/log_tail.hh"
#include "sys/clock.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr Duration kFreshFor = std::chrono::milliseconds(100);

std::vector<int> children_of(int pid) {
  const auto path = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children";
  std::istringstream text(sys::read_file_if_present(path).value_or(""));
  std::vector<int> children;
  for (int child; text >> child;) children.push_back(child);
  return children;
}

}  // namespace

/// The last state heard, and whether another question is under way.
struct Service::Known {
  nlohmann::json state;
  std::chrono::nanoseconds heard{0}, asked{0};
  bool stale = true;
};

Service::Service(plan::Service spec, Context context)
    : spec_(std::move(spec)), context_(std::move(context)), known_(std::make_unique<Known>()) {}

Service::~Service() = default;

void Service::start() {
  was_ready_ = frozen_ = wants_restart_ = false;
  *known_ = {};
  refusal_.clear();
  auto spec = process_spec();
  spec.netns = context_.netns.fd();
  spec.output = log_file();
  if (spec.directory.empty()) spec.directory = context_.folder;
  argv_ = spec.argv;
  log_ = std::make_unique<LogTail>(context_.loop, log_file(), [this](std::string_view line) { logged(line); });
  process_ = std::make_unique<sys::Process>(context_.loop, spec);
  process_->on_exit([this](int status) { exited(status); });
  following_ = follow();
}

bool Service::running() const { return process_ && process_->running(); }

void Service::exited(int status) {
  log_->catch_up();
  *known_ = {};
  following_.reset();
  tell("service", name() + " ended: " + sys::describe_exit(status));
}

void Service::catch_up_log() { log_->catch_up(); }

void Service::refuse(std::string reason) {
  if (refusal_.empty()) refusal_ = std::move(reason);
}

std::optional<std::string> Service::missing() {
  if (!process_) return "not started";
  if (!refusal_.empty()) throw ServiceError(argv_, refusal_, last_lines(log_file()));
  if (done()) was_ready_ = true;
  if (done()) return std::nullopt;
  if (!process_->running()) {
    const auto how = sys::describe_exit(process_->exit_status().value_or(0));
    if (!was_ready_) throw ServiceError(argv_, how, last_lines(log_file()));
    return how;
  }
  auto what = unready();
  if (!what) was_ready_ = true;
  return what;
}

bool Service::done() const { return process_ && may_end() && process_->exit_status() == 0; }

std::vector<int> Service::process_ids() const {
  if (!running()) return {};
  std::vector<int> ids{process_->pid()};
  for (std::size_t at = 0; at < ids.size(); ++at) {
    const auto children = children_of(ids[at]);
    ids.insert(ids.end(), children.begin(), children.end());
  }
  return ids;
}

void Service::signal(int number) {
  if (number == SIGSTOP || number == SIGCONT) frozen_ = number == SIGSTOP;
  const auto ids = process_ids();
  if (ids.empty()) return;
  process_->signal(number);  // by pidfd; the children are ours only as long as it lives
  for (std::size_t at = 1; at < ids.size(); ++at) ::kill(ids[at], number);
}

void Service::stop(Duration grace) {
  if (!process_) return;
  if (frozen_) signal(SIGKILL);  // it cannot hear a TERM
  process_->stop(grace);
  following_.reset();
  log_.reset();
  process_.reset();
}

void Service::restart() {
  stop();
  start();
}

void Service::files_changed(const std::vector<std::string>& names) {
  if (running() && std::ranges::find(names, spec_.config) != names.end()) ask_for_restart();
}

nlohmann::json Service::state(Duration bound) {
  auto state = nlohmann::json::object();
  if (running()) state = read_state(bound);
  state["running"] = running();
  state["pids"] = process_ids();
  return state;
}

const nlohmann::json& Service::known() {
  const auto now = sys::now();
  const bool want = known_->stale || now - known_->heard > kFreshFor;
  const bool asking = known_->asked > known_->heard && now - known_->asked < 10 * kFreshFor;
  if (running() && want && !asking && !unready()) {
    known_->asked = now;
    known_->stale = false;
    request_state();
  }
  return known_->state;
}

void Service::request_state() { state_arrived(read_state(kFreshFor)); }

void Service::state_arrived(nlohmann::json state) {
  known_->state = std::move(state);
  known_->heard = sys::now();
}

void Service::state_changed() { known_->stale = true; }

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
