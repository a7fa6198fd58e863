// SPDX-License-Identifier: Apache-2.0
// The faults in force in a lab, by number, with their clocks.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faults/fault.hh"
#include "sys/outcome.hh"

namespace xconn::faults {

struct Active {
  int id = 0;
  Request request;
  std::chrono::nanoseconds applied_at{0};
  std::optional<std::chrono::nanoseconds> heals_at;  ///< absent: when it is asked to
};

/// Something for the timeline: "blackhole hq-fgt:er" applied, healed, or failed to heal (text says why).
struct Event {
  std::chrono::nanoseconds at{0};  ///< CLOCK_MONOTONIC, once the kernel had acknowledged
  int id = 0;
  std::string what;  ///< "applied", "healed", "failed"
  std::string text;  ///< "blackhole hq-fgt:er applied"
  Request request;
};

/// Lives on the loop's thread, and waits for nothing: what takes time (a router that is told something) calls back,
/// once and later. The destructor heals all, the last first.
class Registry {
 public:
  Registry(sys::Loop& loop, Site& site, std::function<void(const Event&)> on_event = {});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Returns its id, from 1 on, never used again. It is in force when `applied` is called with the id; what Fault's
  /// constructor throws comes there too, and then nothing of it is left.
  using Applied = std::function<void(sys::Outcome<int> id)>;
  int apply(Request request, const Applied& applied = {});
  std::vector<Active> list() const;  ///< those in force, in the order they were applied
  bool has(int id) const;            ///< in force, or about to be
  /// `healed` gets NotFoundError when there is no such fault, and what healing refuses.
  using Healed = std::function<void(std::exception_ptr failure)>;
  void heal(int id, const Healed& healed = {});
  /// The last first; the first refusal is told after all have been tried.
  void heal_all(const Healed& healed = {});

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::faults
