// SPDX-License-Identifier: Apache-2.0
// What a drill needs of a lab. lab/ implements it; tests have one of two namespaces.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/detection.hh"
#include "drill/drill.hh"
#include "probes/path.hh"
#include "probes/site.hh"
#include "services/event.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::drill {

class Site : public probes::Site {
 public:
  virtual sys::Loop& loop() = 0;
  /// Breaks something now and returns when the kernel has acknowledged it. Heals it by itself after `lasts`. Both are
  /// in events() with source "fault". Throws NotFoundError, KernelError.
  virtual void inject(const Inject& fault) = 0;
  /// Of this drill's faults: the one of that name, or "all". Nothing when it is healed already.
  virtual void heal(const std::string& name) = 0;
  /// Carries out the drill's command of that number, from 0, and returns once the kernel has acknowledged it, in
  /// events() with source "change". What Azure refuses changes nothing; its sentence is returned.
  virtual std::optional<std::string> change(std::size_t number) = 0;
  /// The lab becomes again what it was before the first change.
  virtual void restore() = 0;
  /// What keeps the lab from rest: not as planned, or not calm yet; nullopt when nothing does.
  virtual std::optional<std::string> unrest() = 0;
  /// Nothing has happened for so long, since this was first asked, that a path that is awaited does not come by itself.
  /// Never of a lab that is to be as planned.
  virtual bool is_in_vain() { return false; }
  /// Everything that the lab's services, routes ("fib") and faults ("fault") said since a time, in order of time.
  virtual std::vector<services::Event> events(Duration since) = 0;
  /// How long a silence the lab's protocols endure.
  virtual std::vector<Detection> detections() const { return {}; }
};

/// Where captures go, and what runs may look like.
struct RunOptions {
  std::string folder;                ///< for pcap files; empty: only counted
  bool trace = true;                 ///< path tracing; without it path and counter expectations are inconclusive
  std::function<bool()> is_awaited;  ///< false when nobody waits for the verdict any more: run() heals and throws
};

struct Report;

/// Settles, starts the flows, keeps the timeline, heals, judges. The lab's loop runs meanwhile. Throws TimeoutError
/// when the lab does not settle or a flow never gets through before the start, and what Site throws.
Report run(const Drill& drill, Site& site, const RunOptions& options = {});

}  // namespace xconn::drill
