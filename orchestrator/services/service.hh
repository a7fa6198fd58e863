// SPDX-License-Identifier: Apache-2.0
// A real daemon inside a node's namespace: started, asked whether it is ready, observed by its own interface, stopped.
//
// Ownership: a Service owns its process; it is stopped when the object goes. Threading: all on the loop's thread.
// Errors: ServiceError (argv, status, last log lines) when the program is not there or ends before it was ready.
// Nothing here waits for a daemon: what takes time calls back.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.hh"
#include "frr/router.hh"
#include "plan/plan.hh"
#include "services/comeback.hh"
#include "services/event.hh"
#include "sys/join.hh"
#include "sys/loop.hh"
#include "sys/outcome.hh"

namespace xconn::sys {
class Netns;
class Process;
struct ProcessSpec;
}  // namespace xconn::sys

namespace xconn::services {

/// Where a node's services live. Everything referred to outlives them.
struct Context {
  sys::Loop& loop;
  std::string node;
  const sys::Netns& netns;
  /// The node's run folder, absolute; the plan's files are in it. It and its parents must be searchable by everybody
  /// (0755), for FRR's daemons give up root. Outputs go to FOLDER/SERVICE.log, sockets to FOLDER/SERVICE.sock.
  std::string folder;
  EventSink events;
  std::function<void()> stirred = {};   ///< something changed that is no event: the lab is not at rest
  const frr::Router* router = nullptr;  ///< what the node's FRR is to run now; NodeServices says it
};

class LogTail;
struct RoutesSeen;

class Service {
 public:
  Service(plan::Service spec, Context context);
  virtual ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  const std::string& name() const { return spec_.name; }
  const std::string& kind() const { return spec_.kind; }
  const plan::Service& spec() const { return spec_; }

  /// Starts the process and returns at once. Stale sockets and pid files of an earlier life are removed first.
  void start();
  bool started() const { return process_ != nullptr; }
  bool running() const;
  /// It was to end, and ended well: a user's command such as `ip route add`.
  bool done() const;

  /// What is still missing until it serves, nullopt when it is ready. Cheap: it is asked after every handler.
  /// Throws ServiceError when waiting is in vain: the daemon ended before it was ready, refused its configuration, or
  /// ended later and stays away.
  std::optional<std::string> missing();
  bool ready() { return !missing(); }

  /// When it ends by itself it starts again as its policy says: then `again` is called, by a timer. Its end and what
  /// follows is an event.
  void on_comeback(std::function<void()> again) { again_ = std::move(again); }
  /// Held, it does not start, by itself or with others. What holds it kills it, too.
  void hold(bool held);
  bool held() const { return held_; }
  /// Another policy, or nothing new; pauses are counted anew.
  void set_restart(const std::string& policy);

  /// The daemon's processes (itself first, then its children), empty when it does not run.
  std::vector<int> process_ids() const;
  /// To all of process_ids(): SIGKILL is a crash, SIGSTOP a freeze, SIGCONT ends it.
  void signal(int number);
  /// TERM, and KILL after `grace` (at once when it is frozen); returns at once. `pending` (or nothing) is held until it
  /// has ended. After that it is as if it had never been started.
  void stop(Duration grace, sys::Pending pending = {});
  bool ending() const { return ending_; }

  /// Files of the node have been written anew (names as in the plan). What runs takes them over, in place where the
  /// daemon can; missing() says so until it has. By default a service whose configuration is among them starts again.
  virtual void files_changed(const std::vector<std::string>& names);
  /// It could not take its configuration over in place, and must be started again with those that come after it.
  bool wants_restart() const { return wants_restart_; }

  /// The state now, asked of the daemon. Always has "running" and "pids"; the rest is the kind's (see frr.hh,
  /// strongswan.hh, keepalived.hh, json_daemon.hh). TimeoutError when it does not answer within `bound` (a frozen one,
  /// for example), Error when it cannot be asked. `told` is called once, at once or later, and dropped with the
  /// service.
  using Told = std::function<void(sys::Outcome<nlohmann::json> state)>;
  void state(Duration bound, Told told);
  /// The last state heard, null before the first. Asks for a new one in the background when the last one may be stale
  /// (an event came since, or it is older than 100 ms); its arrival is a handler of the loop, so Loop::wait asks again.
  const nlohmann::json& known();
  /// Known() answers a question that was asked since then; asks, in the background, when it does not.
  bool has_answered(std::chrono::nanoseconds since);
  /// What is still to come of what known() says, nullopt when nothing is: a queue, an exchange, a hold-down.
  virtual std::optional<std::string> pending(const RoutesSeen& main_table) const;
  /// Why something that it wants is not there, as it says itself: "IKE_SA vpn NO_PROPOSAL_CHOSEN: ...".
  virtual std::vector<std::string> refusals() const { return {}; }

 protected:
  /// What to run; called before every start. Makes folders and removes stale files of an earlier life. Namespace and
  /// output are filled in by the base, and the node's folder as working directory.
  virtual sys::ProcessSpec process_spec() = 0;
  virtual bool may_end() const { return false; }
  /// After every start: watches for the daemon's socket and listens to it. What it returns is dropped when the process
  /// has ended.
  virtual std::shared_ptr<void> follow() { return {}; }
  /// What is missing of a daemon that runs.
  virtual std::optional<std::string> unready() = 0;
  /// Asks the daemon that runs; either state_arrived or state_refused is called, at once or later. Not called again
  /// before that.
  virtual void request_state() = 0;
  /// A line of its log.
  virtual void logged(std::string_view) {}

  void state_arrived(nlohmann::json state);
  void state_refused(std::exception_ptr why);
  void state_refused(const std::string& why);
  void state_changed();  ///< the known state is stale
  void stir();           ///< tells the lab that it is not at rest
  const nlohmann::json& last_state() const;
  void refuse(std::string reason);  ///< it runs but will not serve: missing() throws from now on
  void ask_for_restart() { wants_restart_ = true; }
  void catch_up_log();  ///< hands out the log's lines so far
  void tell(std::string_view source, std::string text, std::optional<std::chrono::nanoseconds> stamp = {});
  const Context& context() const { return context_; }
  std::string file(std::string_view name) const;  ///< in the node's folder
  std::string log_file() const { return file(spec_.name + ".log"); }

 private:
  struct Known;
  void exited(int status);
  void forget_process();
  void plan_comeback(int status);
  std::string fate() const;
  std::string gone() const;
  void ask();
  void forget_state();
  nlohmann::json whole(nlohmann::json state) const;

  plan::Service spec_;
  Context context_;
  std::vector<std::string> argv_;
  std::string refusal_;
  bool was_ready_ = false, frozen_ = false, wants_restart_ = false, ending_ = false, held_ = false;
  Comeback comeback_;
  std::optional<std::chrono::nanoseconds> comes_back_at_;
  sys::Timer comes_back_;
  std::function<void()> again_;
  std::vector<sys::Pending> awaiting_end_;
  std::unique_ptr<Known> known_;
  std::unique_ptr<LogTail> log_;
  std::unique_ptr<sys::Process> process_;
  std::shared_ptr<void> following_;
};

/// The service of `spec`'s kind, not started. Throws NotFoundError (with the kinds there are) for an unknown kind.
std::unique_ptr<Service> make(const plan::Service& spec, const Context& context);

/// The kinds there are, for messages and the schema.
std::vector<std::string> kinds();

/// The last lines of a log, for errors and `inspect`; empty when there is no such file.
std::vector<std::string> last_lines(const std::string& file, std::size_t count = 12);

}  // namespace xconn::services
