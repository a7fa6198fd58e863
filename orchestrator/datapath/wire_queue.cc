// SPDX-License-Identifier: Apache-2.0
#include "datapath/wire_queue.hh"

#include <algorithm>

namespace xconn::datapath {
namespace {

constexpr std::size_t kEthernetHeader = 14;

}  // namespace

bool WireQueue::later(const Item& a, const Item& b) { return a.due != b.due ? a.due > b.due : a.number > b.number; }

bool WireQueue::chance(double probability) {
  return probability > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

// Frames keep their order, as on any wire, but for those that overtake on purpose: these have no delay at all (as in
// netem's `reorder`).
Duration WireQueue::due_time(Duration now) {
  if (chance(impairment_.reorder)) {
    counters_.reordered++;
    return now;
  }
  const auto jitter = impairment_.jitter.count();
  const Duration moved{jitter ? std::uniform_int_distribution<Duration::rep>(-jitter, jitter)(random_) : 0};
  last_due_ = std::max({now, last_due_, now + impairment_.delay + moved});
  return last_due_;
}

void WireQueue::corrupt(Frame& frame) {
  if (frame.size() <= kEthernetHeader) return;
  const auto bit = std::uniform_int_distribution<std::size_t>(kEthernetHeader * 8, frame.size() * 8 - 1)(random_);
  frame[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  counters_.corrupted++;
}

void WireQueue::keep(Duration due, Frame frame) {
  if (heap_.size() >= capacity_) {
    counters_.overflow++;
    return;
  }
  heap_.push_back({due, number_++, std::move(frame)});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

void WireQueue::push(Duration now, std::span<const std::uint8_t> bytes) {
  counters_.entered++;
  if (chance(impairment_.loss)) {
    counters_.lost++;
    return;
  }
  Frame frame(bytes.begin(), bytes.end());
  if (chance(impairment_.corrupt)) corrupt(frame);
  const Duration due = due_time(now);
  if (chance(impairment_.duplicate)) {
    counters_.duplicated++;
    keep(due, frame);
  }
  keep(due, std::move(frame));
}

std::optional<Duration> WireQueue::next_due() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due;
}

Frame WireQueue::take() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Frame frame = std::move(heap_.back().frame);
  heap_.pop_back();
  counters_.delivered++;
  return frame;
}

std::optional<Frame> WireQueue::pop(Duration now) {
  if (heap_.empty() || heap_.front().due > now) return std::nullopt;
  const Duration late = now - heap_.front().due;
  late_sum_ += late;
  late_count_++;
  counters_.late_maximum = std::max(counters_.late_maximum, late);
  return take();
}

std::optional<Frame> WireQueue::pop_early() {
  if (heap_.empty()) return std::nullopt;
  return take();
}

WireCounters WireQueue::counters() const {
  WireCounters result = counters_;
  result.queued = heap_.size();
  if (late_count_) result.late_average = late_sum_ / static_cast<Duration::rep>(late_count_);
  return result;
}

}  // namespace xconn::datapath
