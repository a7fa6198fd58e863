// SPDX-License-Identifier: Apache-2.0
// How something ended that took its time: with a value, or with what went wrong.
#pragma once

#include <exception>
#include <functional>
#include <utility>
#include <variant>

namespace xconn::sys {

template <typename T>
class Outcome {
 public:
  Outcome(T value) : value_(std::move(value)) {}                       // NOLINT(google-explicit-constructor)
  Outcome(std::exception_ptr failure) : value_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  /// nullptr when there is a value.
  std::exception_ptr failure() const {
    const auto* failure = std::get_if<std::exception_ptr>(&value_);
    return failure == nullptr ? nullptr : *failure;
  }
  /// Throws what went wrong.
  T& get() {
    if (const auto what = failure()) std::rethrow_exception(what);
    return std::get<T>(value_);
  }

 private:
  std::variant<T, std::exception_ptr> value_;
};

}  // namespace xconn::sys
