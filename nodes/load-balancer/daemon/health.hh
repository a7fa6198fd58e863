// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace xconn::lb {

/// Azure's rule: a backend is down until a probe is answered, one answer makes it healthy, `threshold` failures in a
/// row make it unhealthy.
class Health {
 public:
  explicit Health(int threshold) : threshold_(threshold) {}

  /// True when this probe changed the verdict.
  bool note(bool answered) {
    failures_ = answered ? 0 : std::min(failures_ + 1, threshold_);
    const bool before = healthy_;
    if (answered) healthy_ = true;
    if (failures_ >= threshold_) healthy_ = false;
    return healthy_ != before;
  }
  /// The verdict stays until the next probe.
  void set_threshold(int threshold) {
    threshold_ = threshold;
    failures_ = std::min(failures_, threshold);
  }
  bool healthy() const { return healthy_; }
  int failures() const { return failures_; }  ///< in a row, counted up to the threshold

 private:
  int threshold_;
  int failures_ = 0;
  bool healthy_ = false;
};

}  // namespace xconn::lb
