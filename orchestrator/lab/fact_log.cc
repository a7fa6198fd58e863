// SPDX-License-Identifier: Apache-2.0
#include "lab/fact_log.hh"

#include <fmt/format.h>

#include "sys/debug_log.hh"

namespace xconn::lab {

void FactLog::look(const plan::Fact& fact, bool holds) {
  if (!sys::has_debug_log()) return;
  const auto text = fmt::format("{}: {} {} is {}", fact.node, fact.kind, fact.subject, fact.expected);
  const bool is_news = holds ? holding_.insert(text).second : holding_.erase(text) > 0;
  if (is_news) sys::write_debug_line("fact", (holds ? "" : "no longer ") + text);
}

}  // namespace xconn::lab
