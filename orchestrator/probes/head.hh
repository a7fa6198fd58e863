// SPDX-License-Identifier: Apache-2.0
// The head of every probe, as flow.hh draws it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/duration.hh"

namespace xconn::probes {

struct Head {
  std::uint32_t flow = 0;
  std::uint64_t sequence = 0;
  Duration sent{0};
  friend bool operator==(const Head&, const Head&) = default;
};

/// When a packet arrived: by the kernel's stamp or, where it gave none, as the reader's clock says, which is later.
struct Stamp {
  Duration at{0};
  bool by_kernel = true;
};

/// `out` has room for kHeaderSize bytes.
void encode(const Head& head, std::uint8_t* out);
/// nullopt when it is no probe of ours.
std::optional<Head> decode(const std::uint8_t* data, std::size_t size);

}  // namespace xconn::probes
