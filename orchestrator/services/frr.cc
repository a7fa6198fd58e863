// SPDX-License-Identifier: Apache-2.0
#include "services/frr.hh"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "services/frr_log.hh"
#include "services/path_watch.hh"
#include "services/program.hh"
#include "services/stream.hh"
#include "services/vty.hh"
#include "services/waiting.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr const char* kHostConfig = "/etc/frr";

std::string space_of(const std::string& node) { return "/run/frr/" + node; }

void give_to_frr(const std::string& path) {
  const auto* user = ::getpwnam("frr");
  if (user == nullptr) throw HostError("there is no user frr", "apt-get install frr");
  sys::check(::chown(path.c_str(), user->pw_uid, user->pw_gid), "change owner of", path);
}

/// The daemons write there as user frr; what is in "none" is nothing.
void make_space(const std::string& space) {
  for (const auto& folder : {space, space + "/tmp", space + "/none"}) {
    sys::make_directories(folder);
    give_to_frr(folder);
  }
}

/// FRR's management daemon, which has been a part of zebra since FRR 10: without it zebra tries a hundred times a
/// second to tell it of an interface. It reads configurations of the host's own routing, wherever its path space is, so
/// it is shown none. nullopt where FRR has no such daemon.
std::optional<sys::ProcessSpec> manager_of(const std::string& zebra, const std::string& node) {
  const auto program = std::filesystem::path(zebra).replace_filename("mgmtd");
  if (::access(program.c_str(), X_OK) != 0) return std::nullopt;
  const auto space = space_of(node);
  for (const auto* stale : {"/mgmtd.vty", "/mgmtd.pid", "/mgmtd_be.sock", "/mgmtd_fe.sock"})
    ::unlink((space + stale).c_str());
  sys::ProcessSpec process;
  process.argv = {program, "-N", node, "-P", "0", "--log", "stdout", "--log-level", "informational"};
  process.environment = {{"TZ", "UTC"}};
  process.binds = {{space + "/tmp", "/var/tmp"}};
  if (std::filesystem::is_directory(kHostConfig)) process.binds.emplace_back(space + "/none", kHostConfig);
  return process;
}

/// What to ask for the daemon's state; nullptr when it has none that we use.
const char* question_for(std::string_view daemon) {
  if (daemon == "bgpd") return "show bgp summary json";
  if (daemon == "bfdd") return "show bfd peers json";
  return nullptr;
}

/// FRR's log has levels; what bfdd says of its sessions is on the last.
const char* log_level_of(std::string_view daemon) { return daemon == "bfdd" ? "debugging" : "informational"; }

std::optional<std::chrono::nanoseconds> on_our_clock(std::optional<std::chrono::nanoseconds> stamp) {
  if (stamp) stamp = sys::from_realtime(*stamp);
  return stamp;
}

nlohmann::json parsed(const std::string& reply) { return nlohmann::json::parse(reply, nullptr, false); }

}  // namespace

struct FrrDaemon::Following {
  PathWatch folder;
  sys::Timer retry;
  std::shared_ptr<void> greeting, question, reloading;
  std::map<std::string, std::shared_ptr<void>> tables;  // those that bgpd is asked for
  std::chrono::nanoseconds tables_asked{0}, tables_not_before{0};
  std::unique_ptr<sys::Process> manager;
  std::vector<std::shared_ptr<Waiting>> waiting, answering;  // for the next change, for the one under way
  bool serving = false;

  Following() = default;
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  ~Following() {
    if (manager) manager->signal(SIGKILL);  // it has nothing to save, and nobody waits for it
  }
};

FrrDaemon::FrrDaemon(const plan::Service& spec, const Context& context) : Service(spec, context) {}
FrrDaemon::~FrrDaemon() = default;

std::string FrrDaemon::socket() const { return vty_socket(context().node, name()); }

sys::ProcessSpec FrrDaemon::process_spec() {
  const auto space = space_of(context().node);
  make_space(space);
  const auto config = config_file();
  running_ = *context().router;
  write_config(frr::text_for(name(), running_));
  for (const auto* stale : {".vty", ".sock", ".pid"}) ::unlink((space + "/" + name() + stale).c_str());
  if (name() == "zebra") ::unlink((space + "/zserv.api").c_str());
  sys::ProcessSpec process;
  process.argv = {program(name()), "-N",          context().node,      "-f", config, "-P", "0", "--log",
                  "stdout",        "--log-level", log_level_of(name())};
  process.argv.insert(process.argv.end(), spec().arguments.begin(), spec().arguments.end());
  process.environment = {{"TZ", "UTC"}};
  // Crash logs go to /var/tmp/frr/DAEMON.PID: many pid 12s of many labs, and nothing of a lab is to stay on the host.
  process.binds = {{space + "/tmp", "/var/tmp"}};
  return process;
}

std::string FrrDaemon::config_file() const { return space_of(context().node) + "/" + name() + ".conf"; }

void FrrDaemon::write_config(const std::string& content) const {
  sys::write_file(config_file(), content, 0640);
  give_to_frr(config_file());
}

void FrrDaemon::files_changed(const std::vector<std::string>& names) {
  if (std::ranges::find(names, spec().config) != names.end()) take_over({});
}

/// One change at a time: what comes meanwhile is told once this one is answered, and at its start to one that reads an
/// earlier configuration.
void FrrDaemon::take_over(const sys::Pending& pending) {
  const auto following = following_.lock();
  if (!following || !running()) return;
  if (pending) following->waiting.push_back(waiting(context().loop, pending, context().node + "'s " + name()));
  if (following->serving && !following->reloading) tell_difference(*following);
}

void FrrDaemon::tell_difference(Following& following) {
  const auto commands = frr::commands_for(name(), running_, *context().router);
  running_ = *context().router;
  following.answering = std::exchange(following.waiting, {});
  if (commands.empty()) return following.answering.clear();
  write_config(frr::text_for(name(), running_));
  following.reloading =
      vty_configure(context().loop, socket(), commands, kNoBound, [this](const auto& outcome) { reloaded(outcome); });
  if (!following.reloading) ask_for_restart();
}

/// A daemon that hangs up has ended, which is seen elsewhere.
void FrrDaemon::reloaded(sys::Outcome<std::string> outcome) {
  const auto following = following_.lock();
  if (!following) return;
  following->reloading.reset();
  const auto answered = std::exchange(following->answering, {});
  state_changed();
  if (outcome.failure()) return;
  if (outcome.get().empty()) return take_over({});
  const auto refusal =
      name() + " is started again, for it did not take its new configuration in place: " + outcome.get();
  for (const auto& one : answered)
    if (one->pending) one->pending->failed(std::make_exception_ptr(Error(context().node + ": " + refusal)));
  tell("service", refusal);
  ask_for_restart();
}

std::shared_ptr<void> FrrDaemon::follow() {
  auto following = std::make_shared<Following>();
  following_ = following;
  bgp_ = {};
  refusals_.clear();
  following->folder = PathWatch(context().loop, space_of(context().node), [this] { greet(); });
  if (name() == "zebra") following->manager = start_manager();
  greet();
  return following;
}

std::unique_ptr<sys::Process> FrrDaemon::start_manager() const {
  auto spec = manager_of(program(name()), context().node);
  if (!spec) return nullptr;
  spec->netns = context().netns.fd();
  spec->output = file("mgmtd.log");
  return std::make_unique<sys::Process>(context().loop, *spec);
}

/// An answer to any command proves that the daemon has read its configuration: FRR does that before it serves a socket.
void FrrDaemon::greet() {
  const auto following = following_.lock();
  if (!following || following->serving || following->greeting) return;
  if (::access(socket().c_str(), F_OK) != 0) return;
  following->greeting = vty_ask(context().loop, socket(), "show version", kNoBound,
                                [this](const auto& answer) { greeted(!answer.failure()); });
  if (!following->greeting)  // bound, not listening yet
    following->retry = sys::Timer::once(context().loop, kGreetAgain, [this] { greet(); });
}

void FrrDaemon::greeted(bool answered) {
  const auto following = following_.lock();
  following->greeting.reset();
  if (answered) return serves();
  following->retry = sys::Timer::once(context().loop, kGreetAgain, [this] { greet(); });
}

void FrrDaemon::serves() {
  const auto following = following_.lock();
  catch_up_log();
  following->serving = true;
  following->folder = {};
  take_over({});
}

void FrrDaemon::logged(std::string_view line) {
  state_changed();
  if (auto refusal = frr_refusal_of(line)) refuse(std::move(*refusal));
  if (auto notification = bgp_notification_of(line)) notified(std::move(*notification), frr_log_stamp(line));
  if (const auto neighbor = end_of_rib_of(line)) bgp_.end_of_rib(*neighbor);
  if (auto change = bgp_change_of(line)) bgp_changed(std::move(*change), frr_log_stamp(line));
  if (const auto change = bfd_change_of(line)) tell("bfd", to_string(*change), on_our_clock(frr_log_stamp(line)));
}

/// A router tries again and again; the same refusal is told once.
void FrrDaemon::notified(BgpNotification notification, std::optional<std::chrono::nanoseconds> stamp) {
  if (notification.is_of_opening)
    if (const auto sentence = to_string(notification); refusals_[notification.neighbor].insert(sentence).second)
      tell("bgp", sentence, on_our_clock(stamp));
  last_notification_ = std::move(notification);
}

std::vector<std::string> FrrDaemon::refusals() const {
  std::vector<std::string> sentences;
  if (running())
    for (const auto& [neighbor, told] : refusals_) sentences.insert(sentences.end(), told.begin(), told.end());
  return sentences;
}

void FrrDaemon::bgp_changed(BgpChange change, std::optional<std::chrono::nanoseconds> stamp) {
  if (change.reason.starts_with("BGP Notification") && last_notification_.neighbor == change.neighbor)
    change.reason = last_notification_.text;
  last_notification_ = {};
  bgp_.session_changed(change.neighbor);
  if (change.up) refusals_.erase(change.neighbor);
  tell("bgp", to_string(change), on_our_clock(stamp));
}

std::optional<std::string> FrrDaemon::unready() {
  const auto following = following_.lock();
  if (following && following->reloading) return "it takes over its new configuration";
  if (following && following->serving) return std::nullopt;
  return following && following->greeting ? "does not answer yet" : "no vty socket yet";
}

nlohmann::json FrrDaemon::state_of(const nlohmann::json& answer) const {
  if (answer.is_discarded()) return nlohmann::json::object();
  return name() == "bgpd" ? bgp_.state_of(answer) : nlohmann::json{{"peers", answer}};
}

void FrrDaemon::request_state() {
  const auto following = following_.lock();
  const auto* question = question_for(name());
  if (question == nullptr) return state_arrived(nlohmann::json::object());
  if (!following || !following->serving) return state_refused("no vty socket yet");
  following->question = vty_ask(context().loop, socket(), question, kNoBound, [this](auto reply) {
    if (reply.failure()) return state_refused(reply.failure());
    answered_with(reply.get());
  });
  if (!following->question) state_refused(socket() + " takes no connection");
}

void FrrDaemon::answered_with(const std::string& reply) {
  const auto answer = parsed(reply);
  if (name() == "bgpd") {
    if (bgp_.take_summary(answer)) stir();
    read_tables();
  }
  state_arrived(state_of(answer));
}

/// A long table in a long burst must not be read for each of its routes.
void FrrDaemon::read_tables() {
  const auto following = following_.lock();
  if (!following || !following->tables.empty() || sys::now() < following->tables_not_before) return;
  following->tables_asked = sys::now();
  for (const auto& family : bgp_.unread())
    if (auto asked = vty_ask(context().loop, socket(), "show bgp " + family + " unicast json", kNoBound,
                             [this, family, asked_at = bgp_.changes()](auto table) {
                               if (!table.failure()) table_arrived(family, table.get(), asked_at);
                               following_.lock()->tables.erase(family);  // a failure is asked again by the next summary
                             }))
      following->tables[family] = std::move(asked);
}

void FrrDaemon::table_arrived(const std::string& family, const std::string& reply, std::uint64_t asked_at) {
  const auto following = following_.lock();
  bgp_.take_table(family, parsed(reply), asked_at);
  following->tables_not_before = sys::now() + 5 * (sys::now() - following->tables_asked);
}

std::optional<std::string> FrrDaemon::pending(const RoutesSeen& main_table) const {
  return name() == "bgpd" ? bgp_.pending(main_table) : std::nullopt;
}

}  // namespace xconn::services
