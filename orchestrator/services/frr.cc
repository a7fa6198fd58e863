#include "services/frr.hh"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "services/frr_change.hh"
#include "services/frr_config.hh"
#include "services/frr_log.hh"
#include "services/frr_reload.hh"
#include "services/path_watch.hh"
#include "services/program.hh"
#include "services/stream.hh"
#include "services/vty.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr auto kRetry = std::chrono::milliseconds(2);

std::string space_of(const std::string& node) { return "/run/frr/" + node; }

void give_to_frr(const std::string& path) {
  const auto* user = ::getpwnam("frr");
  if (user == nullptr) throw HostError("there is no user frr", "apt-get install frr");
  sys::check(::chown(path.c_str(), user->pw_uid, user->pw_gid), "change owner of", path);
}

/// The daemons write there as user frr.
void make_space(const std::string& space) {
  for (const auto& folder : {space, space + "/tmp"}) {
    sys::make_directories(folder);
    give_to_frr(folder);
  }
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

nlohmann::json bgp_state_of(const nlohmann::json& summary) {
  nlohmann::json state{{"neighbors", nlohmann::json::object()}};
  for (const auto& [family, part] : summary.items()) {
    if (!part.is_object() || !part.contains("peers")) continue;
    state["as"] = part.value("as", std::uint64_t{0});
    state["router_id"] = part.value("routerId", "");
    for (const auto& [address, peer] : part["peers"].items())
      if (!state["neighbors"].contains(address)) state["neighbors"][address] = peer;
  }
  return state;
}

}  // namespace

struct FrrDaemon::Following {
  PathWatch folder;
  sys::Timer retry;
  std::unique_ptr<Stream> greeting, question;
  std::unique_ptr<VtySession> reloading;
  bool serving = false;
};

FrrDaemon::FrrDaemon(const plan::Service& spec, const Context& context) : Service(spec, context) {}
FrrDaemon::~FrrDaemon() = default;

std::string FrrDaemon::socket() const { return vty_socket(context().node, name()); }

sys::ProcessSpec FrrDaemon::process_spec() {
  const auto space = space_of(context().node);
  make_space(space);
  const auto config = config_file();
  write_config(config_of(name(), spec().config.empty() ? std::string() : sys::read_file(file(spec().config))));
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
  if (!running() || std::ranges::find(names, spec().config) == names.end()) return;
  const auto after = config_of(name(), sys::read_file(file(spec().config)));
  const auto commands = frr_commands(sys::read_file_if_present(config_file()).value_or(""), after);
  if (commands.empty()) return;
  write_config(after);
  reload(commands);
}

void FrrDaemon::reload(const std::vector<std::string>& commands) {
  const auto following = following_.lock();
  if (!following || !following->serving || following->reloading) return ask_for_restart();
  following->reloading =
      VtySession::begin(context().loop, socket(), commands, [this](const std::string& refused) { reloaded(refused); });
  if (!following->reloading) ask_for_restart();
}

void FrrDaemon::reloaded(const std::string& refused) {
  if (const auto following = following_.lock()) following->reloading.reset();
  state_changed();
  if (refused.empty()) return;
  tell("service", name() + " is started again, for it did not take its new configuration in place: " + refused);
  ask_for_restart();
}

std::shared_ptr<void> FrrDaemon::follow() {
  auto following = std::make_shared<Following>();
  following_ = following;
  following->folder = PathWatch(context().loop, space_of(context().node), [this] { greet(); });
  greet();
  return following;
}

/// An answer to any command proves that the daemon has read its configuration: FRR does that before it serves a socket.
void FrrDaemon::greet() {
  const auto following = following_.lock();
  if (!following || following->serving || following->greeting) return;
  if (::access(socket().c_str(), F_OK) != 0) return;
  following->greeting = vty_ask(context().loop, socket(), "show version", [this](const VtyReply&) { serves(); });
  if (!following->greeting)  // bound, not listening yet
    following->retry = sys::Timer::once(context().loop, kRetry, [this] { greet(); });
}

void FrrDaemon::serves() {
  const auto following = following_.lock();
  catch_up_log();
  following->serving = true;
  following->folder = {};
  following->greeting.reset();
}

void FrrDaemon::logged(std::string_view line) {
  state_changed();
  if (auto refusal = frr_refusal_of(line)) refuse(std::move(*refusal));
  if (auto notification = bgp_notification_of(line)) last_notification_ = std::move(*notification);
  if (auto change = bgp_change_of(line)) bgp_changed(std::move(*change), frr_log_stamp(line));
  if (const auto change = bfd_change_of(line)) tell("bfd", to_string(*change), on_our_clock(frr_log_stamp(line)));
}

void FrrDaemon::bgp_changed(BgpChange change, std::optional<std::chrono::nanoseconds> stamp) {
  if (change.reason.starts_with("BGP Notification") && last_notification_.neighbor == change.neighbor)
    change.reason = last_notification_.text;
  last_notification_ = {};
  tell("bgp", to_string(change), on_our_clock(stamp));
}

std::optional<std::string> FrrDaemon::unready() {
  const auto following = following_.lock();
  if (following && following->reloading) return "it takes over its new configuration";
  if (following && following->serving) return std::nullopt;
  return following && following->greeting ? "does not answer yet" : "no vty socket yet";
}

nlohmann::json FrrDaemon::state_of(const std::string& reply) const {
  const auto answer = nlohmann::json::parse(reply, nullptr, false);
  if (answer.is_discarded()) return nlohmann::json::object();
  return name() == "bgpd" ? bgp_state_of(answer) : nlohmann::json{{"peers", answer}};
}

nlohmann::json FrrDaemon::read_state(Duration bound) {
  const auto* question = question_for(name());
  return question == nullptr ? nlohmann::json::object() : state_of(vty_ask(socket(), question, bound));
}

void FrrDaemon::request_state() {
  const auto following = following_.lock();
  const auto* question = question_for(name());
  if (question == nullptr) return state_arrived(nlohmann::json::object());
  if (!following || !following->serving) return;
  following->question = vty_ask(context().loop, socket(), question,
                                [this](const VtyReply& reply) { state_arrived(state_of(reply.text)); });
}

}  // namespace xconn::services
