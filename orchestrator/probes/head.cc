// SPDX-License-Identifier: Apache-2.0
#include "probes/head.hh"

#include "probes/flow.hh"

namespace xconn::probes {
namespace {

template <typename Value>
void put(Value value, std::uint8_t* out) {
  for (std::size_t i = sizeof(Value); i-- > 0; value >>= 8) out[i] = static_cast<std::uint8_t>(value);
}

template <typename Value>
Value get(const std::uint8_t* data) {
  Value value = 0;
  for (std::size_t i = 0; i < sizeof(Value); ++i) value = static_cast<Value>(value << 8) | data[i];
  return value;
}

}  // namespace

void encode(const Head& head, std::uint8_t* out) {
  put<std::uint32_t>(kMagic, out);
  put<std::uint32_t>(head.flow, out + 4);
  put<std::uint64_t>(head.sequence, out + 8);
  put<std::uint64_t>(static_cast<std::uint64_t>(head.sent.count()), out + 16);
}

std::optional<Head> decode(const std::uint8_t* data, std::size_t size) {
  if (size < kHeaderSize || get<std::uint32_t>(data) != kMagic) return std::nullopt;
  return Head{get<std::uint32_t>(data + 4), get<std::uint64_t>(data + 8),
              Duration{static_cast<std::int64_t>(get<std::uint64_t>(data + 16))}};
}

}  // namespace xconn::probes
