// SPDX-License-Identifier: Apache-2.0
// A fault that is in force: applied when constructed, undone when healed or destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "faults/request.hh"
#include "sys/join.hh"

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
  /// Throws what the kernel refuses; what takes time holds `pending`. A second call does nothing.
  virtual void heal(const sys::Pending& pending) = 0;
};

/// Move-only.
class Fault {
 public:
  /// Validates, then applies all or (throwing) nothing. Throws what validate() throws, KernelError, ServiceError. It is
  /// in force once `pending` has ended, if no failure was told.
  Fault(sys::Loop& loop, Site& site, Holds& holds, Request request, const sys::Pending& pending);
  Fault(Fault&&) noexcept;
  Fault& operator=(Fault&&) noexcept;
  ~Fault();  ///< heals, and waits for nothing

  /// Undoes every effect, the last first; `pending` ends when all is undone, and is told the first refusal. A second
  /// call does nothing.
  void heal(const sys::Pending& pending);
  const Request& request() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::faults
