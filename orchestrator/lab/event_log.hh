// SPDX-License-Identifier: Apache-2.0
// Everything that the parts of a lab said, on one clock, as JSON lines in the run folder. The file is the log: memory
// holds the latest of each node and an index, however long the lab lives.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "services/event.hh"
#include "sys/fd.hh"
#include "sys/lines.hh"

namespace xconn::lab {

using services::Event;

class EventLog {
 public:
  /// Throws KernelError when the file cannot be opened.
  explicit EventLog(const std::string& file);

  /// A full disk holds events back: they are written with a later one, and those for which no room is left in memory
  /// are counted in their place.
  void add(const Event& event);
  /// In order of time; parts report with a delay of their own, so later calls may show earlier events.
  std::vector<Event> since(std::chrono::nanoseconds time) const;
  /// The latest twelve of one node, the oldest of them first.
  std::vector<Event> latest(const std::string& node) const;

  /// Calls back for each event from now on, until the returned handle goes.
  using Listener = std::function<void(const Event&)>;
  std::shared_ptr<void> listen(Listener listener);

  /// Reads the log one by one, in order of time as far as events are at most a thousand out of place, and what comes
  /// later as it comes. The log outlives it.
  class Reading {
   public:
    std::optional<Event> next();  ///< nullopt: no more so far

   private:
    friend class EventLog;
    Reading(const EventLog& log, std::int64_t offset, std::chrono::nanoseconds since)
        : log_(log), since_(since), offset_(offset) {}
    std::optional<Event> next_of_file();
    struct Read {
      Event event;
      std::uint64_t place;  // in the file: of two at the same time, the first is first
      bool operator<(const Read& other) const {
        return event.at != other.event.at ? event.at > other.event.at : place > other.place;
      }
    };
    const EventLog& log_;
    std::chrono::nanoseconds since_;
    std::int64_t offset_;
    sys::Lines lines_;
    std::uint64_t place_ = 0;
    std::priority_queue<Read> unordered_;  // the earliest on top
  };
  Reading read(std::chrono::nanoseconds since = {}) const;
  Reading read_on() const { return {*this, size_, {}}; }  ///< only what is added from now on

 private:
  void write(const Event& event);
  void hold_back(std::string line);
  bool append(const std::string& line);

  /// A stretch of the file, and the latest time in it.
  struct Block {
    std::int64_t offset = 0;
    std::chrono::nanoseconds latest{0};
  };
  sys::Fd file_;
  std::int64_t size_ = 0;  // whole lines
  std::deque<std::string> held_back_;
  std::size_t dropped_ = 0;
  std::vector<Block> blocks_;
  std::map<std::string, std::deque<Event>> recent_;
  std::vector<std::weak_ptr<Listener>> listeners_;
};

/// {"at": nanoseconds of CLOCK_MONOTONIC, "source", "node", "text"}, and "stamped": true where it is
nlohmann::json to_json(const Event& event);
/// The inverse. Throws nlohmann::json::exception on what to_json cannot have written.
Event event_from_json(const nlohmann::json& json);

/// One line of JSON. Text that is not UTF-8 (a daemon's log, a client's noise) has its bad bytes replaced.
std::string to_line(const nlohmann::json& json);

}  // namespace xconn::lab
