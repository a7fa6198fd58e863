// The faults in force in a lab, by number, with their clocks.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faults/fault.hh"

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

/// Lives on the loop's thread. The destructor heals all, the last first.
class Registry {
 public:
  Registry(sys::Loop& loop, Site& site, std::function<void(const Event&)> on_event = {});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Returns its id, from 1 on, never used again. Throws what Fault's constructor throws.
  int apply(Request request);
  std::vector<Active> list() const;  ///< in the order they were applied
  /// Throws NotFoundError when no fault in force has that id, and what healing refuses.
  void heal(int id);
  /// The last first; throws the first refusal after all have been tried.
  void heal_all();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::faults
