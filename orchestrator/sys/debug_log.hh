// SPDX-License-Identifier: Apache-2.0
// What this process does, for whoever looks for a mistake in it: a line for each step, with the time of day as FRR's
// logs have it. It belongs to the process, as stderr does, for those who write into it (netlink, processes, waits) have
// no owner in common. Until it is begun it costs a comparison.
#pragma once

#include <string>
#include <string_view>

namespace xconn::sys {

/// Lines are added to this file from now on. Throws KernelError.
void begin_debug_log(const std::string& file);
bool has_debug_log();
/// From any thread; made one line. What cannot be written is lost: nothing may fail because of it.
void write_debug_line(std::string_view topic, std::string_view text);

/// `text` is a callable, and called only when there is a log.
template <typename Text>
void debug(std::string_view topic, Text&& text) {
  if (has_debug_log()) write_debug_line(topic, text());
}

}  // namespace xconn::sys
