// SPDX-License-Identifier: Apache-2.0
// One clock for everything that is compared: CLOCK_MONOTONIC, the clock of eBPF's bpf_ktime_get_ns().
#pragma once

#include <chrono>

namespace xconn::sys {

/// CLOCK_MONOTONIC.
std::chrono::nanoseconds now();

/// The monotonic time of a wall-clock stamp (nanoseconds since 1970), by the offset between both clocks now.
std::chrono::nanoseconds from_realtime(std::chrono::nanoseconds stamp);

}  // namespace xconn::sys
