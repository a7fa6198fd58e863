// SPDX-License-Identifier: Apache-2.0
// What a wire does to frames, without the wire: decides each frame's fate and keeps it until it is due. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "base/duration.hh"
#include "base/wiring.hh"
#include "datapath/wire.hh"

namespace xconn::datapath {

using Frame = std::vector<std::uint8_t>;

class WireQueue {
 public:
  explicit WireQueue(const WireOptions& options) : capacity_(options.capacity), random_(options.seed) {}

  void set(const Impairment& impairment) { impairment_ = impairment; }

  /// A frame enters at `now`, any clock that the other calls use too.
  void push(Duration now, std::span<const std::uint8_t> frame);
  /// When the next one is due; nullopt when none is under way.
  std::optional<Duration> next_due() const;
  /// The next one if it is due at `now`; counts how late that is.
  std::optional<Frame> pop(Duration now);
  /// The next one, due or not.
  std::optional<Frame> pop_early();

  WireCounters counters() const;
  void count_refused() { counters_.overflow++; }  ///< a popped frame that could not be handed over

 private:
  struct Item {
    Duration due;
    std::uint64_t number;  ///< of arrival: frames due together stay in order
    Frame frame;
  };
  static bool later(const Item& a, const Item& b);
  bool chance(double probability);
  Duration due_time(Duration now);
  void keep(Duration due, Frame frame);
  void corrupt(Frame& frame);
  Frame take();

  std::size_t capacity_;
  std::mt19937_64 random_;
  Impairment impairment_;
  std::vector<Item> heap_;
  std::uint64_t number_ = 0;
  Duration last_due_{0};
  Duration late_sum_{0};
  std::uint64_t late_count_ = 0;
  WireCounters counters_;
};

}  // namespace xconn::datapath
