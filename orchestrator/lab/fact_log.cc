#include "lab/fact_log.hh"

#include <fmt/format.h>

#include "sys/debug_log.hh"

namespace xconn::lab {

void FactLog::look(const plan::Fact& fact, bool holds) {
  if (!sys::has_debug_log()) return;
  const auto text = fmt::format("{}: {} {} is {}", fact.node, fact.kind, fact.subject, fact.expected);
  if (holds != holding_.contains(text)) sys::write_debug_line("fact", (holds ? "" : "no longer ") + text);
  holds ? void(holding_.insert(text)) : void(holding_.erase(text));
}

}  // namespace xconn::lab
