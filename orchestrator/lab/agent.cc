// SPDX-License-Identifier: Apache-2.0
#include "lab/agent.hh"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "base/teardown.hh"
#include "lab/lab.hh"
#include "lab/verbs.hh"
#include "sys/clock.hh"
#include "sys/debug_log.hh"
#include "sys/file.hh"
#include "sys/line.hh"
#include "sys/loop.hh"
#include "sys/process.hh"
#include "world/error_wire.hh"
#include "world/host_world.hh"
#include "world/run_folder.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;

constexpr std::size_t kPiece = 65536;

/// The pipe to whoever ran `up`. Once it is closed there, before "ready", nobody wants the lab any more.
class Status {
 public:
  explicit Status(int fd) : fd_(fd) {}
  void say(const json& line) const {
    try {
      sys::write_all(fd_.get(), to_line(line) + "\n", "the status pipe");
    } catch (const KernelError&) {  // nobody listens; the watch on the pipe ends the agent then
    }
  }
  int fd() const { return fd_.get(); }
  void close() { fd_.reset(); }

 private:
  sys::Fd fd_;
};

class SocketReply : public Reply {
 public:
  explicit SocketReply(std::weak_ptr<sys::Connection> client) : client_(std::move(client)) {}
  void progress(const json& step) override { send({{"progress", step}}); }
  void result(const json& value) override { end({{"result", value}}); }
  void error(const std::exception& error) override { end({{"error", world::error_to_json(error)}}); }
  void tell(std::function<std::optional<json>()> next) override {
    const auto client = client_.lock();
    if (client) client->feed([next = std::move(next)] { return piece_of(next); });
  }
  void more() override {
    if (const auto client = client_.lock()) client->more();
  }
  bool client_is_there() const override {
    const auto client = client_.lock();
    return client && client->is_open();
  }

 private:
  static std::optional<std::string> piece_of(const std::function<std::optional<json>()>& next) {
    std::string lines;
    while (lines.size() < kPiece) {
      const auto message = next();
      if (!message) break;
      lines += (lines.empty() ? "" : "\n") + to_line(*message);
    }
    return lines.empty() ? std::nullopt : std::optional(lines);
  }
  void send(const json& line) const {
    if (const auto client = client_.lock()) client->send(to_line(line));
  }
  /// The last word: a story that was being told ends with it.
  void end(const json& line) const {
    if (const auto client = client_.lock()) client->feed({});
    send(line);
  }
  std::weak_ptr<sys::Connection> client_;
};

/// The whole of pid 1. As everywhere, the member list is the order of life.
class Agent {
 public:
  /// `unconfined`: what the host refused when its files were to be read-only.
  Agent(const std::string& lab, int lock_fd, int status_fd, std::optional<std::string> unconfined)
      : unconfined_(std::move(unconfined)),
        folder_(world::RunFolder::path_of(lab)),
        lock_(lock_fd),
        status_(status_fd),
        reaper_(loop_),
        ending_(loop_, signals_.get(), [this] { end(); }) {}

  int run() {
    try {
      bring_up();
    } catch (const std::exception& error) {
      sys::debug("failed", [&] { return error.what(); });
      status_.say({{"error", world::error_to_json(error)}});
      return 1;
    }
    serve_for_ever();
    return 0;
  }

 private:
  [[noreturn]] void end() {
    if (lab_) lab_->forget_connections();
    ::_exit(0);
  }

  /// What one event could not do is said, and ends nothing: the lab is worth more.
  void serve_for_ever() {
    for (;;) try {
        loop_.run();
        return;
      } catch (const std::exception& error) {
        lab_->events().add({sys::now(), "agent", "", error.what()});
      }
  }

  static sys::Fd blocked_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    sys::check(::sigprocmask(SIG_BLOCK, &set, nullptr), "block", "signals");
    return sys::Fd{sys::check(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd")};
  }

  void bring_up() {
    sys::Watch abandoned(loop_, status_.fd(), [] { ::_exit(1); });
    const auto options = json::parse(sys::read_file(folder_ + "/options.json"));
    if (options.at("debug_log").get<bool>()) sys::begin_debug_log(folder_ + "/agent-debug.log");
    lab_ = std::make_unique<Lab>(loop_, plan::from_json(json::parse(sys::read_file(folder_ + "/plan.json"))),
                                 options_of(options));
    if (sys::has_debug_log()) telling_events_ = lab_->events().listen(tell_event);
    on_teardown_failure([this](const std::string& text) {
      loop_.post([this, text] { lab_->events().add({sys::now(), "agent", "", text}); });
    });
    if (unconfined_) lab_->events().add({sys::now(), "agent", "", *unconfined_});
    const auto tell = [this](const std::string& step) {
      sys::debug("step", [&] { return step; });
      status_.say({{"progress", step}});
    };
    lab_->build(tell);
    auto ready = json{{"ready", true}};
    try {
      if (options.at("breached").get<bool>())
        lab_->converge_as_far_as_it_can(tell);
      else
        lab_->converge(tell);
    } catch (const std::exception& error) {
      if (!options.at("keep_unconverged").get<bool>()) throw;
      ready["unconverged"] = world::error_to_json(error);
    }
    server_ = std::make_unique<sys::LineServer>(
        loop_, folder_ + "/agent.sock", 0600,
        [this](sys::Connection& client, const std::string& line) { serve(client, line); });
    abandoned = {};
    status_.say(ready);
    status_.close();
  }

  static void tell_event(const Event& event) {
    sys::write_debug_line("event", event.node + (event.node.empty() ? "" : ": ") + event.source + " " + event.text);
  }

  Options options_of(const json& options) const {
    Options out{
        .folder = folder_,
        .vlan = options.at("vlan") == "kernel" ? datapath::VlanDriver::kKernel : datapath::VlanDriver::kPortable,
        .captures = {},
        .bound = std::chrono::milliseconds{options.at("bound_ms").get<std::int64_t>()}};
    for (const auto& end : options.at("captures")) out.captures.push_back({end.at("node"), end.at("interface")});
    return out;
  }

  void serve(sys::Connection& client, const std::string& line) {
    auto reply = std::make_shared<SocketReply>(client.weak_from_this());
    try {
      answer(*lab_, json::parse(line), reply);
    } catch (const std::exception& error) {
      reply->error(error);
    }
  }

  std::optional<std::string> unconfined_;
  std::string folder_;
  sys::Fd lock_;
  Status status_;
  sys::Fd signals_ = blocked_signals();
  sys::Loop loop_;
  sys::Reaper reaper_;
  sys::Watch ending_;
  std::unique_ptr<Lab> lab_;
  std::shared_ptr<void> telling_events_;
  std::unique_ptr<sys::LineServer> server_;
};

}  // namespace

std::string to_text(const AgentOptions& options) {
  auto captures = json::array();
  for (const auto& end : options.captures) captures.push_back({{"node", end.node}, {"interface", end.interface}});
  return json{{"vlan", options.vlan},         {"captures", captures},
              {"bound_ms", options.bound_ms}, {"keep_unconverged", options.keep_unconverged},
              {"breached", options.breached}, {"debug_log", options.debug_log}}
      .dump(2);
}

int run_agent(const std::string& lab, int lock_fd, int status_fd) {
  for (const int fd : {lock_fd, status_fd}) sys::check(::fcntl(fd, F_SETFD, FD_CLOEXEC), "set close-on-exec");
  std::optional<std::string> unconfined;
  try {
    unconfined = world::settle_in(lab);
  } catch (const std::exception& error) {
    Status(status_fd).say({{"error", world::error_to_json(error)}});
    return 1;
  }
  const auto status = Agent(lab, lock_fd, status_fd, std::move(unconfined)).run();
  // The kernel takes the lab back faster than its destructors would.
  ::_exit(status);
}

}  // namespace xconn::lab
