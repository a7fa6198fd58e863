// SPDX-License-Identifier: Apache-2.0
#include "services/waiting.hh"

#include "base/errors.hh"

namespace xconn::services {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);  // of a fault, with a daemon that says nothing

}  // namespace

std::shared_ptr<Waiting> waiting(sys::Loop& loop, const sys::Pending& pending, const std::string& who) {
  auto made = std::make_shared<Waiting>(Waiting{pending, {}});
  if (!pending) return made;
  made->patience = sys::Timer::once(loop, kPatience, [waits = made.get(), who] {
    waits->pending->failed(
        std::make_exception_ptr(TimeoutError(who + " to take its new configuration", kPatience, "it does not answer")));
    waits->pending.reset();
  });
  return made;
}

}  // namespace xconn::services
