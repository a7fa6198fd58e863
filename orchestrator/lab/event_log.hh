// Everything that the parts of a lab said, on one clock, in memory and as JSON lines in the run folder.
#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "services/event.hh"

namespace xconn::lab {

using services::Event;

class EventLog {
 public:
  /// Writes `file` too. Throws KernelError when it cannot be opened.
  explicit EventLog(const std::string& file);

  void add(const Event& event);
  /// In order of time; parts report with a delay of their own, so later calls may show earlier events.
  std::vector<Event> since(std::chrono::nanoseconds time) const;
  /// The latest `count` of one node, the oldest of them first.
  std::vector<Event> latest(const std::string& node, std::size_t count) const;

  /// Calls back for each event from now on, until the returned handle goes.
  using Listener = std::function<void(const Event&)>;
  std::shared_ptr<void> listen(Listener listener);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::vector<Event> events_;
  std::vector<std::weak_ptr<Listener>> listeners_;
};

/// {"at": nanoseconds of CLOCK_MONOTONIC, "source", "node", "text"}
nlohmann::json to_json(const Event& event);

/// One line of JSON. Text that is not UTF-8 (a daemon's log, a client's noise) has its bad bytes replaced.
std::string to_line(const nlohmann::json& json);

}  // namespace xconn::lab
