// SPDX-License-Identifier: Apache-2.0
// Talking to a lab's agent. One request is one JSON line {"verb": ..., parameters}; the answers are JSON lines:
// {"progress": ...} any number of times, then {"result": ...} or {"error": ...}.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/duration.hh"
#include "sys/signals.hh"

namespace xconn::world {

class Client {
 public:
  using Progress = std::function<void(const nlohmann::json&)>;

  /// Throws NotFoundError when the lab is not up.
  explicit Client(std::string lab);

  const std::string& lab() const { return lab_; }
  /// Sends a request and waits for its result; what the agent threw is thrown here. `progress` sees each step. Throws
  /// TimeoutError when the agent says nothing for `bound`, Error as soon as it is seen to be stopped, and, with
  /// `signals`, sys::Interrupted when one comes.
  nlohmann::json call(const std::string& verb, nlohmann::json parameters = nlohmann::json::object(),
                      const Progress& progress = {}, std::optional<Duration> bound = std::nullopt,
                      const sys::Signals* signals = nullptr);

 private:
  std::string lab_;
};

}  // namespace xconn::world
