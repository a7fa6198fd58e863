// SPDX-License-Identifier: Apache-2.0
#include "sys/join.hh"

#include "base/teardown.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"

namespace xconn::sys {

Pending Join::begin(Loop& loop, Done done) { return std::make_shared<Join>(loop, std::move(done)); }

Join::~Join() {
  tear_down("the end of a request", [this] {
    loop_.post([done = std::move(done_), end = End{failure_, now()}] { done(end); });
  });
}

}  // namespace xconn::sys
