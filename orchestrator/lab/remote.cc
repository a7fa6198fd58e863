// SPDX-License-Identifier: Apache-2.0
#include "lab/remote.hh"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <set>

#include "datapath/doctor.hh"
#include "lab/agent.hh"
#include "lab/limits.hh"
#include "services/needs.hh"
#include "sys/clock.hh"
#include "sys/file.hh"
#include "sys/lines.hh"
#include "sys/privilege.hh"
#include "sys/signals.hh"
#include "sys/stdio.hh"
#include "world/client.hh"
#include "world/error_wire.hh"
#include "world/holder.hh"
#include "world/host_world.hh"
#include "world/run_folder.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;
using world::RunFolder;

constexpr Duration kLook = std::chrono::seconds{1};
constexpr Duration kAnswerBound = std::chrono::seconds{60};  // an agent that makes a change answers after it

/// A run folder of a lab that is not up yet: removed unless it is released.
class Unfinished {
 public:
  explicit Unfinished(const RunFolder& folder) : folder_(&folder) {}
  ~Unfinished() {
    if (folder_ != nullptr) folder_->remove();
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  void release() { folder_ = nullptr; }

 private:
  const RunFolder* folder_;
};

/// An agent that has not said "ready" yet: killed and reaped unless it is released.
class Starting {
 public:
  Starting(const RunFolder& folder, const std::string& program) : agent_(world::start_agent(folder, program)) {}
  ~Starting() {
    if (released_) return;
    ::syscall(SYS_pidfd_send_signal, agent_.pidfd.get(), SIGKILL, nullptr, 0);
    ::waitpid(agent_.pid, nullptr, 0);
  }
  Starting(const Starting&) = delete;
  Starting& operator=(const Starting&) = delete;

  pid_t pid() const { return agent_.pid; }
  int status_fd() const { return agent_.status.get(); }
  void release() { released_ = true; }

 private:
  world::AgentProcess agent_;
  bool released_ = false;
};

/// Handles a line of the agent's that is not its last.
void hear(const json& line, const RemoteLab::Progress& progress) {
  if (line.contains("error")) world::throw_error(line["error"]);
  if (line.contains("progress") && progress) progress(line["progress"]);
}

/// False at the end of the pipe.
bool read_into(sys::Lines& lines, int pipe) {
  char buffer[65536];
  const auto count = ::read(pipe, buffer, sizeof buffer);
  if (count > 0) lines.add({buffer, static_cast<std::size_t>(count)});
  return count > 0;
}

std::string how_it_ended(pid_t agent) {
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(agent), &ended, WEXITED | WNOWAIT);
  if (ended.si_code == CLD_EXITED) return " (exit status " + std::to_string(ended.si_status) + ")";
  if (ended.si_status != SIGKILL) return std::string(" (") + ::strsignal(ended.si_status) + ")";
  return " (killed: by somebody, or by the kernel because memory ran out)";
}

[[noreturn]] void agent_ended(const RunFolder& folder, pid_t agent) {
  const auto log = sys::read_file_if_present(folder / "agent.log").value_or("");
  throw Error("the agent of lab " + folder.lab() + " ended before the lab was up" + how_it_ended(agent) +
              (log.empty() ? "" : ":\n" + log));
}

/// The agent's last line.
json follow_until_ready(const Starting& starting, const sys::Signals& signals, const RunFolder& folder,
                        const RemoteLab::Progress& progress) {
  sys::Lines lines;
  world::Wakefulness agent(folder.lab());
  for (;;) {
    while (const auto line = lines.next()) {
      auto said = json::parse(*line);
      if (said.contains("ready")) return said;
      hear(said, progress);
    }
    pollfd awaited[2]{{starting.status_fd(), POLLIN, 0}, {signals.fd(), POLLIN, 0}};
    if (::poll(awaited, 2, kLook / std::chrono::milliseconds{1}) == 0)
      agent.demand(starting.pid());
    else
      agent.heard();
    signals.demand_none("nothing is left");
    if (awaited[0].revents != 0 && !read_into(lines, starting.status_fd())) agent_ended(folder, starting.pid());
  }
}

datapath::Choice choice_of(const std::string& word) {
  if (word == "kernel") return datapath::Choice::kKernel;
  if (word == "portable") return datapath::Choice::kPortable;
  return datapath::Choice::kAuto;
}

AgentOptions agent_options(const UpOptions& options) {
  const auto vlan = datapath::choose_vlan(choice_of(options.datapath));
  return {vlan == datapath::VlanDriver::kKernel ? "kernel" : "portable",
          options.captures,
          options.bound / std::chrono::milliseconds{1},
          options.keep_unconverged,
          options.breached,
          options.debug_log};
}

}  // namespace

RemoteLab RemoteLab::up(const plan::Plan& plan, const UpOptions& options, const Progress& progress) {
  sys::demand_privileges("xconn up ...");
  sys::open_standard();  // also for a program that uses us as a library
  services::demand_needs(plan);
  demand_descriptors(plan);
  demand_address_space(plan);
  demand_short_paths(plan, RunFolder::path_of(plan.lab));
  const sys::Signals signals;
  const auto settings = agent_options(options);
  const auto folder = RunFolder::create(plan.lab);
  Unfinished unfinished(folder);
  if (options.debug_log) unfinished.release();
  sys::write_file(folder / "plan.json", plan::to_json(plan, true).dump(), 0600);
  sys::write_file(folder / "topology.json", options.topology, 0600);
  sys::write_file(folder / "options.json", to_text(settings), 0600);
  Starting starting(folder, options.program);
  sys::write_file(folder / "pid", std::to_string(starting.pid()) + "\n");
  const auto ready = follow_until_ready(starting, signals, folder, progress);
  starting.release();
  unfinished.release();
  if (ready.contains("unconverged")) world::throw_error(ready["unconverged"]);
  return RemoteLab(plan.lab);
}

RemoteLab RemoteLab::attach(const std::string& name) {
  (void)world::Client(name);
  return RemoteLab(name);
}

std::string RemoteLab::folder() const { return RunFolder::path_of(name_); }

json RemoteLab::call(const std::string& verb, json parameters, const Progress& progress,
                     const sys::Signals* signals) const {
  // What takes its own time says so itself.
  static const std::set<std::string> kLong{"wait", "apply", "drill", "events"};
  const auto bound = kLong.contains(verb) ? std::nullopt : std::optional<Duration>(kAnswerBound);
  return world::Client(name_).call(verb, std::move(parameters), progress, bound, signals);
}

json RemoteLab::inspect() const { return call("inspect"); }

json RemoteLab::inspect_node(const std::string& node) const { return call("inspect", {{"node", node}}); }

int RemoteLab::fault(const std::vector<std::string>& words) const { return call("fault", {{"words", words}}).at("id"); }

void RemoteLab::heal(int id) const { call("heal", {{"id", id}}); }

std::vector<int> RemoteLab::heal_all() const { return call("heal").at("healed"); }

json RemoteLab::faults() const { return call("faults"); }

void RemoteLab::restart(const std::string& node, const std::string& daemon, Duration bound) const {
  json parameters{{"node", node}, {"bound_ms", bound / std::chrono::milliseconds{1}}};
  if (!daemon.empty()) parameters["daemon"] = daemon;
  call("restart", std::move(parameters));
}

void RemoteLab::wait(Duration bound) const { call("wait", {{"bound_ms", bound / std::chrono::milliseconds{1}}}); }

std::vector<std::string> RemoteLab::apply(const plan::Plan& plan, const std::string& topology, Duration bound,
                                          const Progress& progress, bool breached) const {
  services::demand_needs(plan);
  return call("apply",
              {{"plan", plan::to_json(plan, true)},
               {"topology", topology},
               {"breached", breached},
               {"bound_ms", bound / std::chrono::milliseconds{1}}},
              progress)
      .at("changes");
}

plan::Plan RemoteLab::plan() const { return plan::from_json(json::parse(sys::read_file(folder() + "/plan.json"))); }

std::string RemoteLab::topology_file() const { return folder() + "/topology.json"; }

json RemoteLab::drill(const DrillRequest& request, const Progress& progress, const sys::Signals* signals) const {
  auto changes = json::array();
  for (const auto& change : request.changes) {
    services::demand_needs(change.plan);
    changes.push_back(plan::to_json(change));
  }
  return call("drill",
              {{"text", request.text},
               {"changes", changes},
               {"file", std::filesystem::absolute(request.file)},
               {"folder", request.capture_folder},
               {"as_it_is", request.as_it_is},
               {"lab_ends_with_client", request.lab_ends_with_us}},
              progress, signals);
}

void RemoteLab::events(bool follow, const Progress& each) const { call("events", {{"follow", follow}}, each); }

json RemoteLab::ask(json questions) const { return call("ask", {{"questions", std::move(questions)}}).at("answers"); }

namespace {

/// One that was killed a moment ago still has its lock, and is found no more: it is waited for. No event tells of that.
std::optional<world::Holder> agent_of(const std::string& lab) {
  constexpr Duration kDies = std::chrono::seconds{10}, kLookAgain = std::chrono::milliseconds{10};
  for (const auto deadline = sys::now() + kDies; RunFolder::is_up(lab) && sys::now() < deadline;) {
    if (auto agent = world::find_agent(lab); agent || ::geteuid() != 0) return agent;
    ::poll(nullptr, 0, kLookAgain / std::chrono::milliseconds{1});
  }
  return std::nullopt;
}

}  // namespace

bool RemoteLab::down(const std::string& name) {
  const auto agent = agent_of(name);
  if (!RunFolder::is_up(name)) {
    RunFolder::sweep(name);
    return false;
  }
  if (!agent && ::geteuid() != 0)
    throw HostError("lab " + name + " belongs to root", "run it as root: sudo xconn down " + name);
  if (!agent)
    throw Error("lab " + name + " has no agent, but somebody holds " + RunFolder::path_of(name).string() +
                "/lock: an xconn up that has just begun, or another program");
  ::syscall(SYS_pidfd_send_signal, agent->pidfd.get(), SIGTERM, nullptr, 0);
  if (!world::wait_gone(agent->pidfd, std::chrono::seconds{3})) {
    ::syscall(SYS_pidfd_send_signal, agent->pidfd.get(), SIGKILL, nullptr, 0);
    world::wait_gone(agent->pidfd, std::chrono::seconds{10});
  }
  ::waitpid(agent->pid, nullptr, WNOHANG);  // our child, when this process brought it up too
  RunFolder::sweep(name);
  return true;
}

}  // namespace xconn::lab
