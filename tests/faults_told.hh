// SPDX-License-Identifier: Apache-2.0
// Faults as the registry's callbacks tell of them, for tests that wait for none.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "faults/registry.hh"
#include "sys/loop.hh"

namespace xconn::faults {

inline int applied(Registry& registry, sys::Loop& loop, const std::vector<std::string>& words) {
  std::optional<sys::Outcome<int>> outcome;
  registry.apply(parse(words), [&](const auto& told) { outcome = told; });
  loop.poll();
  return outcome.value().get();
}

inline void heal(Registry& registry, sys::Loop& loop, int id) {
  std::optional<std::exception_ptr> outcome;
  registry.heal(id, [&](const auto& failure) { outcome = failure; });
  loop.poll();
  if (outcome.value()) std::rethrow_exception(*outcome);
}

}  // namespace xconn::faults
