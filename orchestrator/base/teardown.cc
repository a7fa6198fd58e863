// SPDX-License-Identifier: Apache-2.0
#include "base/teardown.hh"

#include <mutex>

namespace xconn {
namespace {

struct Hearer {
  std::mutex mutex;
  std::function<void(const std::string&)> heard;
};

Hearer& hearer() {
  static Hearer the_hearer;
  return the_hearer;
}

std::string words_of(const std::exception_ptr& why) {
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace

void on_teardown_failure(std::function<void(const std::string&)> heard) {
  const std::lock_guard lock(hearer().mutex);
  hearer().heard = std::move(heard);
}

void report_teardown(const std::string& what, std::exception_ptr why) noexcept {
  try {
    const std::lock_guard lock(hearer().mutex);
    if (hearer().heard) hearer().heard(what + " could not be undone: " + words_of(why));
  } catch (...) {  // no memory left to say so
  }
}

}  // namespace xconn
