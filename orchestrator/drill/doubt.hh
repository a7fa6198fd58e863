// SPDX-License-Identifier: Apache-2.0
// What the host's stalls may have done to what a drill saw. Pure.
//
// A stall acts in two ways. It delays: what is measured across it may be longer by it, what happens after it may be
// later by it, and a keepalive that came late lets a later silence seem short. And it misleads: a protocol that heard
// nothing for its detection time gives up what is well, and all that follows may be the stall's doing. A stall shorter
// than what a protocol endures cannot mislead it, so only what did fall is looked at.
//
// Three kinds of things are judged, each with its own doubt: an amount (outage, lost probes) lies in a range, an
// occurrence (event, packets) is surely, perhaps or surely not in a window, a state (path, dead) held at every moment
// that the asked one may have been, or not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/detection.hh"
#include "drill/evidence.hh"

namespace xconn::drill {

/// An answer that stalls may have touched. Both false: it cannot be said, for what happened in `because`.
struct Answer {
  bool surely = false, surely_not = false;
  probes::Window because;
};

/// Something fell as it would have fallen by a stall alone.
struct Misled {
  probes::Stall stall;
  Detection detection;
};

/// Where something happened: between the two, for who stamped it may have been late.
struct Moment {
  Duration earliest{0}, latest{0};
};

class Doubt {
 public:
  explicit Doubt(const Evidence& evidence);

  /// Until then nothing can have been misled.
  Duration horizon() const;
  /// Sum of the stalls inside.
  Duration inside(const probes::Window& window) const;
  /// The longest stall before the window that what gave up inside it still looked back on.
  Duration before(const probes::Window& window) const;
  /// From when on a stall may have touched what happened at `time`.
  Duration since(Duration time) const { return std::min(time - reach_, cause_); }
  /// By how much what is seen at `time` may be late: each step of a chain from cause to effect meets one stall at most.
  Duration behind(Duration time) const;
  /// The moments at which a host without stalls would have been where this one was at `time`.
  probes::Window moments_of(Duration time) const;
  /// Nothing was done to the lab, and nothing happened in it, close to the stalls of the window.
  bool quiet(const probes::Window& window) const;

  /// Whether one of the moments is in the window.
  Answer occurred(const std::vector<Moment>& moments, const probes::Window& window) const;
  /// Whether it held at `time`; `holds` is asked for moments that it may have been.
  Answer held(Duration time, const std::function<bool(Duration)>& holds) const;

  /// "the host stalled 1.02 s at +4.310; BFD of hq-er with 192.168.251.2 (300ms x 3) may have fallen by it"
  std::string words(const probes::Window& because) const;

 private:
  Duration reach(const probes::Window& window) const;
  std::optional<Misled> find_misled() const;
  std::optional<Misled> misled_by(const services::Event& event) const;
  std::string at(Duration time) const;

  const Evidence& evidence_;
  std::vector<probes::Stall> stalls_;  ///< of the host, and of the loop when a step was due
  std::vector<probes::Stall> felt_;    ///< and what probes tell that left late
  Duration watched_, cause_, reach_;
  std::optional<Misled> misled_;
};

}  // namespace xconn::drill
