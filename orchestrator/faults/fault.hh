// A fault that is in force: applied when constructed, undone when healed or destroyed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faults/request.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::faults {

class Site;

/// What several faults share, so that they compose on one link or daemon and can be undone in any order: an interface
/// comes up when the last fault that holds it down goes, delays of a direction add up, a daemon that was killed and
/// frozen is both until each is healed. One per lab; must outlive its faults.
class Holds {
 public:
  explicit Holds(Site& site);
  ~Holds();
  Holds(const Holds&) = delete;
  Holds& operator=(const Holds&) = delete;

 private:
  friend class EndDown;
  friend class Impaired;
  friend class Silenced;
  friend std::uint64_t& next_seed(Holds& holds);
  struct State;
  std::unique_ptr<State> state_;
};

/// One undoable act of a fault: an end held down, a rule in a filter, a daemon stopped.
class Effect {
 public:
  virtual ~Effect() = default;  ///< undoes what heal() has not; never throws
  virtual void heal() = 0;      ///< throws what the kernel refuses; a second call does nothing
};

/// Move-only.
class Fault {
 public:
  /// Validates, then applies all or (throwing) nothing. Throws what validate() throws, KernelError, ServiceError.
  Fault(sys::Loop& loop, Site& site, Holds& holds, Request request);
  Fault(Fault&&) noexcept;
  Fault& operator=(Fault&&) noexcept;
  ~Fault();  ///< heals; what that refuses is lost, so call heal() where it matters

  /// Undoes every effect, then throws the first refusal there was. A second call does nothing.
  void heal();
  bool active() const;
  const Request& request() const;
  std::chrono::nanoseconds applied_at() const;  ///< CLOCK_MONOTONIC at which the kernel had acknowledged all of it
  std::optional<std::chrono::nanoseconds> healed_at() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::faults
