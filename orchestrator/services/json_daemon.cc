// SPDX-License-Identifier: Apache-2.0
#include "services/json_daemon.hh"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "services/path_watch.hh"
#include "services/program.hh"
#include "services/stream.hh"
#include "sys/loop.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

constexpr auto kGetState = "{\"get\":\"state\"}\n";
constexpr auto kSubscribe = "{\"get\":\"subscribe\"}\n";

nlohmann::json object_of(const std::string& line) {
  auto value = nlohmann::json::parse(line, nullptr, false);
  return value.is_object() ? value : nlohmann::json{{"answer", line}};
}

}  // namespace

struct JsonDaemon::Following {
  PathWatch folder;
  sys::Timer retry;
  std::unique_ptr<Stream> requests, events;
  bool serving = false;
};

JsonDaemon::JsonDaemon(const plan::Service& spec, const Context& context, std::string program, std::string source)
    : Service(spec, context), program_(std::move(program)), source_(std::move(source)) {}
JsonDaemon::~JsonDaemon() = default;

sys::ProcessSpec JsonDaemon::process_spec() {
  ::unlink(socket().c_str());
  sys::ProcessSpec process;
  process.argv = {program(program_), "--socket", socket(), "--name", context().node};
  if (!spec().config.empty()) process.argv.insert(process.argv.end(), {"--config", config()});
  process.argv.insert(process.argv.end(), spec().arguments.begin(), spec().arguments.end());
  return process;
}

std::shared_ptr<void> JsonDaemon::follow() {
  auto following = std::make_shared<Following>();
  following_ = following;
  following->folder = PathWatch(context().loop, context().folder, [this] { greet(); });
  greet();
  return following;
}

void JsonDaemon::greet() {
  const auto following = following_.lock();
  if (!following || following->requests || ::access(socket().c_str(), F_OK) != 0) return;
  const auto received = [this](Inbox& inbox) {
    while (const auto line = inbox.take_line()) {
      following_.lock()->serving = true;
      state_arrived(object_of(*line));
    }
  };
  following->requests = Stream::connect(context().loop, socket(), received, [this] { hung_up(); });
  if (!following->requests) {  // bound, not listening yet
    following->retry = sys::Timer::once(context().loop, kGreetAgain, [this] { greet(); });
    return;
  }
  following->folder = {};
  following->requests->send(kGetState);
  if (!source_.empty()) subscribe();
}

void JsonDaemon::hung_up() {
  const auto following = following_.lock();
  following->requests.reset();
  following->serving = false;
  state_refused(name() + " hung up");
  following->retry = sys::Timer::once(context().loop, kGreetAgain, [this] { greet(); });
}

void JsonDaemon::subscribe() {
  const auto following = following_.lock();
  following->events = Stream::connect(context().loop, socket(), [this](Inbox& inbox) {
    while (const auto line = inbox.take_line()) heard(*line);
  });
  if (following->events) following->events->send(kSubscribe);
}

void JsonDaemon::heard(const std::string& line) {
  state_changed();
  const auto event = object_of(line);
  const auto text = event.find("text"), at = event.find("at");
  if (text == event.end() || !text->is_string()) return;
  std::optional<std::chrono::nanoseconds> stamp;
  if (at != event.end() && at->is_number_integer()) stamp = std::chrono::nanoseconds(at->get<std::int64_t>());
  tell(source_, text->get<std::string>(), stamp);
}

std::optional<std::string> JsonDaemon::unready() {
  const auto following = following_.lock();
  if (following && following->serving) return std::nullopt;
  return following && following->requests ? "does not answer yet" : "no socket yet";
}

std::optional<std::string> JsonDaemon::pending(const RoutesSeen&) const {
  const auto text = last_state().find("pending");
  if (text == last_state().end() || !text->is_string()) return std::nullopt;
  return text->get<std::string>();
}

void JsonDaemon::request_state() {
  const auto following = following_.lock();
  if (!following || !following->serving) return state_refused(*unready());
  following->requests->send(kGetState);
}

}  // namespace xconn::services
