// SPDX-License-Identifier: Apache-2.0
// Watches a whole site for the probes of flows (datapath/trace on every interface) and collects what it sees.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/flow.hh"
#include "probes/path.hh"

namespace xconn::probes {

class Tracer {
 public:
  /// Attaches to every interface of the site that is still there. Throws KernelError when the kernel refuses the
  /// programs as such.
  explicit Tracer(const Site& site);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Once the site has changed: attaches to what is new, or was made anew. False when some interface is not there yet.
  bool watch(const Site& site);
  /// Before the flow starts, so that its first probe is seen.
  void follow(const Flow& flow);
  /// The way that the flow takes now; nullopt when none of its probes has been seen to arrive.
  std::optional<Path> path_now(std::uint32_t flow, FlowDirection way, const std::string& sender,
                               const std::string& receiver) const;
  void stop();
  const Sightings& sightings() const;  ///< after stop()
  std::uint64_t lost() const;          ///< sightings that found no room

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::probes
