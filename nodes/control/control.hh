// SPDX-License-Identifier: Apache-2.0
// What the project's own daemons have in common: their command line, their way to end, and their control socket.
//
// Socket: one JSON line each way. {"get":"state"} is answered with one line. {"get":"subscribe"} turns the connection
// into a stream of events: {"at": monotonic nanoseconds, "event": "...", "text": "a sentence", ...}. {"configure": what
// the file would say} is answered {"configured": true} by a daemon that has taken it in place. Anything else, and what
// cannot be taken in place, is answered {"error": "..."}.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/duration.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::control {

struct Options {
  std::string config;  ///< path of the JSON file
  std::string socket;  ///< path of the control socket
  std::string name;    ///< the node's, for messages
};

/// The whole of a main(): parses PROGRAM --config FILE --socket PATH [--name NODE], calls `daemon` (which sets itself
/// up and runs the loop; SIGTERM and SIGINT stop it), prints what it throws and maps it to the exit codes of
/// docs/cli.md.
int run(int argc, char** argv, const std::string& about, const std::function<void(sys::Loop&, const Options&)>& daemon);

/// The configuration as JSON. Throws Error naming the file and the place.
nlohmann::json read_config(const std::string& path);

/// The control socket. On the loop's thread. Make it last: its presence says that the daemon serves.
class Control {
 public:
  /// `configure` takes another configuration in place, or throws and leaves all as it was.
  Control(sys::Loop& loop, const std::string& path, std::function<nlohmann::json()> state,
          std::function<void(const nlohmann::json& config)> configure = {});
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// To every subscriber, at once. `more` is an object of further members.
  void publish(Duration at, const std::string& event, const std::string& text, const nlohmann::json& more);
  void publish(Duration at, const std::string& event, const std::string& text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::control
