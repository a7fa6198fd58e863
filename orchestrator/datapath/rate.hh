// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

/// A bandwidth limit on what leaves an interface: a token bucket (tbf) with 50 ms of queue and 10 ms of burst, at
/// least two full frames. Removed by the destructor.
class Rate {
 public:
  /// Throws KernelError; std::invalid_argument for less than 8 kbit/s.
  Rate(const sys::Netns& netns, const std::string& interface, std::uint64_t bits_per_second);
  ~Rate();
  Rate(Rate&&) noexcept;
  Rate& operator=(Rate&&) noexcept;

  void set(std::uint64_t bits_per_second);
  std::uint64_t bits_per_second() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
