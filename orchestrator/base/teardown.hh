// SPDX-License-Identifier: Apache-2.0
// What destructors could not do. They never throw and never hide the error that is on its way; they report here.
#pragma once

#include <exception>
#include <functional>
#include <string>

namespace xconn {

/// Who hears of it from now on, from any thread; empty: nobody. An agent writes it to its timeline.
void on_teardown_failure(std::function<void(const std::string& text)> heard);

/// "WHAT could not be undone: WHY". Never throws.
void report_teardown(const std::string& what, std::exception_ptr why) noexcept;

/// For destructors: does it, and reports what it throws.
template <typename Action>
void tear_down(const char* what, Action&& action) noexcept {
  try {
    action();
  } catch (...) {
    report_teardown(what, std::current_exception());
  }
}

}  // namespace xconn
