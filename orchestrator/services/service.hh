// A real daemon inside a node's namespace: started, asked whether it is ready, observed by its own interface, stopped.
//
// Ownership: a Service owns its process; it is stopped when the object goes. Threading: all on the loop's thread.
// Errors: ServiceError (argv, status, last log lines) when the program is not there or ends before it was ready;
// TimeoutError when a state is asked of a daemon that does not answer (a frozen one, for example).
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.hh"
#include "plan/plan.hh"
#include "services/event.hh"

namespace xconn::sys {
class Loop;
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
};

class LogTail;

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
  /// Throws ServiceError when the daemon ended before it was ready or refused its configuration; one that dies later
  /// is "missing" again.
  std::optional<std::string> missing();
  bool ready() { return !missing(); }

  /// The daemon's processes (itself first, then its children), empty when it does not run.
  std::vector<int> process_ids() const;
  /// To all of process_ids(): SIGKILL is a crash, SIGSTOP a freeze, SIGCONT ends it.
  void signal(int number);
  /// TERM, at most `grace`, KILL. Nothing happens when it does not run.
  void stop(Duration grace = std::chrono::seconds(2));
  /// stop() and start(); returns at once after the start. Works after a crash and on a frozen daemon too.
  void restart();

  /// Files of the node have been written anew (names as in the plan). What runs takes them over, in place where the
  /// daemon can; missing() says so until it has. By default a service whose configuration is among them starts again.
  virtual void files_changed(const std::vector<std::string>& names);
  /// It could not take its configuration over in place, and must be started again with those that come after it.
  bool wants_restart() const { return wants_restart_; }

  /// The state now, asked of the daemon; blocks the loop for at most `bound`. Always has "running" and "pids"; the rest
  /// is the kind's (see docs of state_of in frr.hh, strongswan.hh, keepalived.hh, json_daemon.hh).
  nlohmann::json state(Duration bound = std::chrono::milliseconds(500));
  /// The last state heard, null before the first. Asks for a new one in the background when the last one may be stale
  /// (an event came since, or it is older than 100 ms); its arrival is a handler of the loop, so Loop::wait asks again.
  const nlohmann::json& known();

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
  /// Asks the daemon; blocks up to `bound`.
  virtual nlohmann::json read_state(Duration bound) = 0;
  /// Asks the daemon; state_arrived is called later on the loop.
  virtual void request_state() = 0;
  /// A line of its log.
  virtual void logged(std::string_view) {}

  void state_arrived(nlohmann::json state);
  void state_changed();             ///< the known state is stale
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

  plan::Service spec_;
  Context context_;
  std::vector<std::string> argv_;
  std::string refusal_;
  bool was_ready_ = false, frozen_ = false, wants_restart_ = false;
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
