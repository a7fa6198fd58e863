// Talking to a lab's agent. One request is one JSON line {"verb": ..., parameters}; the answers are JSON lines:
// {"progress": ...} any number of times, then {"result": ...} or {"error": ...}.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "sys/fd.hh"

namespace xconn::world {

class Client {
 public:
  using Progress = std::function<void(const nlohmann::json&)>;

  /// Throws NotFoundError when the lab is not up.
  explicit Client(std::string lab);

  const std::string& lab() const { return lab_; }
  /// Sends a request and waits for its result; what the agent threw is thrown here. `progress` sees each step.
  nlohmann::json call(const std::string& verb, nlohmann::json parameters = nlohmann::json::object(),
                      const Progress& progress = {});

 private:
  std::string lab_;
};

/// Reads JSON lines from a descriptor until its end. `line` returns false to stop. False when the end came first.
bool for_each_line(const sys::Fd& fd, const std::function<bool(const std::string&)>& line);

}  // namespace xconn::world
