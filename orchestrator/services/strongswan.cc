// SPDX-License-Identifier: Apache-2.0
#include "services/strongswan.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/errors.hh"
#include "services/charon_alerts.hh"
#include "services/path_watch.hh"
#include "services/program.hh"
#include "services/redial.hh"
#include "services/stream.hh"
#include "services/vici.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr auto kRetry = std::chrono::milliseconds(2);
constexpr auto kPidFile = "/run/charon.pid";

nlohmann::json state_of(const ViciReply& reply) { return {{"sas", sas_of(reply)}}; }

/// What must be this service's own, over what the plan's file says.
std::string own_settings(const std::string& included, const std::string& vici_socket, const std::string& alerts) {
  return fmt::format(R"({0}
charon {{
  filelog {{
    stderr {{
      time_format = %Y-%m-%d %H:%M:%S
      time_add_ms = yes
      default = 1
      flush_line = yes
    }}
  }}
  plugins {{
    vici {{
      socket = unix://{1}
    }}
    error-notify {{
      socket = unix://{2}
    }}
  }}
}}
swanctl {{
  socket = unix://{1}
}}
)",
                     included, vici_socket, alerts);
}

}  // namespace

struct Charon::Following {
  PathWatch folder;
  sys::Timer retry;
  std::unique_ptr<ViciClient> vici;
  std::unique_ptr<Stream> alerts;
  std::optional<Redial> redial;
  std::unique_ptr<sys::Process> loader;
  bool loaded = false;
};

Charon::Charon(const plan::Service& spec, const Context& context) : Service(spec, context) {}
Charon::~Charon() = default;

sys::ProcessSpec Charon::process_spec() {
  const auto settings = file(name() + ".strongswan.conf");
  const bool has_own = ::access(file("strongswan.conf").c_str(), F_OK) == 0;
  sys::write_file(settings, own_settings(has_own ? "include " + file("strongswan.conf") : "", vici_socket(),
                                         file(name() + ".alerts")));
  const auto pid_file = file(name() + ".pid");
  sys::write_file(pid_file, "");
  if (::access(kPidFile, F_OK) != 0) sys::write_file(kPidFile, "");  // something to bind over
  ::unlink(vici_socket().c_str());
  sys::ProcessSpec process;
  process.argv = {program("charon")};
  process.argv.insert(process.argv.end(), spec().arguments.begin(), spec().arguments.end());
  process.environment = {{"STRONGSWAN_CONF", settings}, {"TZ", "UTC"}};
  process.binds = {{pid_file, kPidFile}};
  return process;
}

std::shared_ptr<void> Charon::follow() {
  auto following = std::make_shared<Following>();
  following_ = following;
  following->folder = PathWatch(context().loop, context().folder, [this] { connect(); });
  connect();
  return following;
}

void Charon::connect() {
  const auto following = following_.lock();
  if (!following || following->vici || ::access(vici_socket().c_str(), F_OK) != 0) return;
  following->vici = ViciClient::connect(
      context().loop, vici_socket(), {"ike-updown", "child-updown", "ike-rekey", "child-rekey", "list-sa", "list-conn"},
      [this](const auto& event, const auto& message) { heard(event, message); });
  if (!following->vici) {  // bound, not listening yet
    following->retry = sys::Timer::once(context().loop, kRetry, [this] { connect(); });
    return;
  }
  following->folder = {};
  // The socket is there before charon serves it; its answer comes when it does.
  following->vici->call("version", {}, {}, [this](const ViciReply&) {
    if (const auto served = following_.lock())
      served->alerts =
          Stream::connect(context().loop, file(name() + ".alerts"), [this](Inbox& inbox) { alerted(inbox); });
    load();
  });
}

void Charon::load() {
  const auto following = following_.lock();
  if (spec().config.empty()) return loaded(0);
  sys::ProcessSpec swanctl;
  swanctl.argv = {program("swanctl"),       "--load-all", "--noprompt", "--file", whole_config(), "--uri",
                  "unix://" + vici_socket()};
  swanctl.environment = {{"STRONGSWAN_CONF", file(name() + ".strongswan.conf")}};
  swanctl.output = file(name() + ".load.log");
  ::unlink(swanctl.output.c_str());
  following->loader = std::make_unique<sys::Process>(context().loop, swanctl);
  following->loader->on_exit([this](int status) { loaded(status); });
}

/// Sections of one name add up, and of two values the later one counts.
std::string Charon::whole_config() const {
  const auto own = file(spec().config);
  if (overlays_.empty()) return own;
  const auto whole = file(name() + ".faults.conf");
  auto text = "include " + own + "\n";
  for (const auto& [number, lines] : overlays_) text += lines;
  sys::write_file(whole, text, 0600);
  return whole;
}

void Charon::overlay(int number, std::string lines, const std::string& ended, sys::Pending pending) {
  overlays_[number] = std::move(lines);
  load_anew(ended, std::move(pending));
}

void Charon::take_back(int number, sys::Pending pending) {
  if (overlays_.erase(number) > 0) load_anew("", std::move(pending));
}

/// One that has not begun to load will load it all.
void Charon::load_anew(const std::string& ended, sys::Pending pending) {
  const auto following = following_.lock();
  if (!running() || !following || !following->loader) return;
  awaiting_load_.push_back({ended, std::move(pending)});
  following->loaded = false;
  load();
}

/// That there was none to end is as well.
void Charon::end_sas(const std::string& connection, const sys::Pending& pending) {
  const auto following = following_.lock();
  if (connection.empty() || !following || !following->vici) return;
  following->vici->call("terminate", {{"ike", connection}}, {}, [this, pending](const ViciReply& reply) {
    const bool none_up = reply.response.value("matches", "") == "0";
    if (pending && !none_up && reply.response.value("success", "no") != "yes")
      pending->failed(std::make_exception_ptr(
          Error("charon of " + context().node + " says: " + reply.response.value("errmsg", "no"))));
  });
}

void Charon::files_changed(const std::vector<std::string>& names) {
  const auto named = [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); };
  const auto following = following_.lock();
  if (!running() || !following) return;
  if (named("strongswan.conf") || (named(spec().config) && !following->loaded)) return ask_for_restart();
  if (!named(spec().config)) return;
  following->loaded = false;
  load();
}

void Charon::loaded(int status) {
  const auto following = following_.lock();
  if (following) following->loaded = status == 0;
  if (following && following->loaded) following->redial.emplace(context().loop, *following->vici).begin();
  const auto awaiting = std::exchange(awaiting_load_, {});
  if (status == 0) {
    for (const auto& each : awaiting) end_sas(each.ended, each.pending);
    return;
  }
  std::string lines;
  for (const auto& line : last_lines(file(name() + ".load.log"))) lines += "\n" + line;
  const auto reason = "swanctl could not load " + spec().config + ": " + sys::describe_exit(status) + lines;
  for (const auto& each : awaiting)
    if (each.pending) each.pending->failed(std::make_exception_ptr(Error(reason)));
  refuse(reason);
}

std::optional<std::string> Charon::unready() {
  const auto following = following_.lock();
  if (!following || !following->vici) return "no vici socket yet";
  if (!following->loaded) return following->loader ? "its configuration is being loaded" : "does not answer yet";
  return std::nullopt;
}

void Charon::heard(const std::string& event, const nlohmann::json& message) {
  state_changed();
  if (const auto following = following_.lock(); following && following->redial) following->redial->changed();
  for (auto& sentence : ike_sentences(event, message)) tell("ike", std::move(sentence));
  forget_refusals(event, message);
}

/// An initiator tries again several times a second; the same refusal is told once.
void Charon::alerted(Inbox& inbox) {
  while (const auto alert = take_alert(inbox)) {
    auto sentence = sentence_of(*alert);
    auto& told = refusals_[alert->connection.empty() ? alert->peer : alert->connection];
    if (told != sentence) tell("ike", sentence);
    told = std::move(sentence);
  }
}

/// A CHILD_SA that came up was not refused after all; a peer is known by its address and port.
void Charon::forget_refusals(const std::string& event, const nlohmann::json& message) {
  if (event != "child-updown" || message.value("up", "no") != "yes") return;
  for (const auto& sa : message.items()) {
    if (!sa.value().is_object()) continue;
    const auto peer = sa.value().value("remote-host", "") + "[";
    std::erase_if(refusals_, [&](const auto& one) { return one.first == sa.key() || one.first.starts_with(peer); });
  }
}

std::vector<std::string> Charon::refusals() const {
  std::vector<std::string> sentences;
  if (running())
    for (const auto& [whose, sentence] : refusals_) sentences.push_back(sentence);
  return sentences;
}

void Charon::request_state() {
  const auto following = following_.lock();
  if (!following || !following->vici) return state_refused("no vici socket yet");
  // Without `noblock`, which leaves out an SA that charon is busy with: it would seem to be gone.
  following->vici->call("list-sas", {}, "list-sa", [this](const ViciReply& reply) { state_arrived(state_of(reply)); });
}

std::optional<std::string> Charon::pending(const RoutesSeen&) const {
  const auto sas = last_state().find("sas");
  return sas == last_state().end() ? std::nullopt : exchange_in(*sas);
}

/// The responder of what never came to an SA keeps its half of it for 30 s; who is at work is the initiator.
std::optional<std::string> exchange_in(const nlohmann::json& sas) {
  for (const auto& [connection, all] : sas.items())
    for (const auto& sa : all) {
      const auto state = sa.value("state", "new");
      const bool is_left_over = state == "CONNECTING" && sa.value("initiator", "no") != "yes";
      if (is_at_work(sa) && !is_left_over) return fmt::format("IKE_SA {} is {} and not done", connection, state);
    }
  return std::nullopt;
}

nlohmann::json sas_of(const ViciReply& reply) {
  auto sas = nlohmann::json::object();
  for (const auto& event : reply.streamed)
    for (const auto& [connection, sa] : event.items()) sas[connection].push_back(sa);
  return sas;
}

std::vector<std::string> ike_sentences(const std::string& event, const nlohmann::json& message) {
  const bool rekey = event == "ike-rekey" || event == "child-rekey";
  const std::string verb = rekey ? "rekeyed" : message.value("up", "no") == "yes" ? "up" : "down";
  std::vector<std::string> sentences;
  for (const auto& [connection, sa] : message.items()) {
    if (!sa.is_object()) continue;
    if (event.starts_with("ike-")) {
      sentences.push_back(fmt::format("IKE_SA {} {}", connection, verb));
      continue;
    }
    const auto children = sa.value("child-sas", nlohmann::json::object());
    for (const auto& [unique, child] : children.items())
      sentences.push_back(
          fmt::format("CHILD_SA {}/{} {}", connection, child.is_object() ? child.value("name", unique) : unique, verb));
  }
  return sentences;
}

}  // namespace xconn::services
