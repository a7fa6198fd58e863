// SPDX-License-Identifier: Apache-2.0
// What the agent answers: one row a verb.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace xconn::lab {

class Lab;

/// The client of one request. Lines to a client that has gone are lost, which is what it wanted.
class Reply {
 public:
  virtual ~Reply() = default;
  virtual void progress(const nlohmann::json& step) = 0;  ///< any number of times, then one of:
  virtual void result(const nlohmann::json& value) = 0;
  virtual void error(const std::exception& error) = 0;
  /// A long story, told as fast as the client reads: `next` gives the next message, {"progress": ...} or the last one;
  /// nullopt: none for now, until more() is called.
  virtual void tell(std::function<std::optional<nlohmann::json>()> next) = 0;
  virtual void more() = 0;
  virtual bool client_is_there() const = 0;
};

/// The one answer to a request: what `make` returns, or what it throws.
void conclude(Reply& reply, const std::function<nlohmann::json()>& make);

/// Answers `request` ({"verb": ..., parameters}), now or later. Only a drill runs the loop inside; whatever else has to
/// wait keeps its reply and comes back to it from an event, for a wait inside a wait would hold up the outer one.
void answer(Lab& lab, const nlohmann::json& request, const std::shared_ptr<Reply>& reply);

}  // namespace xconn::lab
