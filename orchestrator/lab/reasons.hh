// SPDX-License-Identifier: Apache-2.0
// Why something does not come up between a node and its neighbours, as its kernel knows it: neighbours that do not
// answer ARP, and segments dropped for their TCP MD5 signature. Told once on the timeline, and kept for `inspect`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/dump.hh"
#include "kernel/md5_drops.hh"
#include "services/event.hh"
#include "sys/loop.hh"

namespace xconn::lab {

class Reasons {
 public:
  Reasons(std::string node, services::EventSink events) : node_(std::move(node)), events_(std::move(events)) {}

  /// The kernel has told of a neighbour. `gone`: it has forgotten it.
  void neighbour(std::chrono::nanoseconds at, const kernel::Neighbour& neighbour, bool gone);
  /// Looks at the counters again and again, for they are not told of.
  void watch_md5(sys::Loop& loop, const sys::Netns& netns);
  /// What holds now: "192.0.2.98 does not answer ARP on er.28".
  std::vector<std::string> at(std::chrono::nanoseconds time) const;

 private:
  /// A neighbour that does not answer. The kernel forgets one that failed, and whoever asks again begins anew: until it
  /// answers, or nobody has asked for a while, it is the same silence.
  struct Silence {
    std::string sentence;
    std::optional<std::chrono::nanoseconds> forgotten;
    bool is_over(std::chrono::nanoseconds time) const;
  };
  void look_at_md5();

  std::string node_;
  services::EventSink events_;
  std::map<std::pair<std::string, Address>, Silence> unanswered_;  // by interface and address
  std::optional<kernel::Md5Counters> counters_;
  kernel::Md5Drops seen_;
  std::optional<std::pair<std::chrono::nanoseconds, std::string>> dropped_;  // when last, and why
  std::optional<std::chrono::nanoseconds> told_;
  sys::Timer timer_;
};

}  // namespace xconn::lab
