// SPDX-License-Identifier: Apache-2.0
// Bytes of the daemons' protocols, of probes and of frames: the first byte says which reader the rest is for. A reader
// takes, waits for more, or throws an error of ours.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "base/errors.hh"
#include "datapath/wire_queue.hh"
#include "frr/router.hh"
#include "probes/flow.hh"
#include "probes/head.hh"
#include "services/frr_log.hh"
#include "services/inbox.hh"
#include "services/vici.hh"
#include "services/vty.hh"

namespace {

using namespace xconn;
using Bytes = std::span<const std::uint8_t>;

std::string text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Takes until nothing comes; each time there is less left.
template <class Take>
void take_all(Bytes bytes, Take take) {
  services::Inbox buffer(text_of(bytes));
  for (auto before = buffer.size() + 1; buffer.size() < before && take(buffer);) before = buffer.size() + 1;
}

void vici(Bytes bytes) {
  take_all(bytes, [](services::Inbox& buffer) {
    const auto packet = services::vici::take(buffer);
    if (packet) services::vici::encode(*packet);
    return packet.has_value();
  });
}

void vty(Bytes bytes) {
  take_all(bytes, [](services::Inbox& buffer) { return services::take_vty_reply(buffer).has_value(); });
}

void bfd(Bytes bytes) {
  if (const auto change = services::bfd_change_of(text_of(bytes))) services::to_string(*change);
}

void log_lines(Bytes bytes) {
  const auto line = text_of(bytes);
  services::frr_log_stamp(line);
  if (const auto change = services::bgp_change_of(line)) services::to_string(*change);
  services::bgp_notification_of(line);
  services::frr_refusal_of(line);
}

void configurations(Bytes bytes) {
  const auto text = text_of(bytes);
  const auto middle = text.size() / 2;
  for (const auto* daemon : {"zebra", "bgpd", "bfdd"})
    frr::commands_for(daemon, {"r", {}, text.substr(0, middle)}, {"r", {}, text.substr(middle)});
}

void head(Bytes bytes) {
  const auto head = probes::decode(bytes.data(), bytes.size());
  if (!head) return;
  std::array<std::uint8_t, probes::kHeaderSize> again{};
  probes::encode(*head, again.data());
  if (probes::decode(again.data(), again.size()) != head) std::abort();
}

/// Frames of up to 255 bytes through a wire that does everything at once: what comes out is what went in, or was
/// counted.
void frames(Bytes bytes) {
  datapath::WireQueue queue({.seed = 7, .capacity = 64});
  queue.set({.delay = std::chrono::milliseconds(2),
             .jitter = std::chrono::milliseconds(2),
             .loss = 0.1,
             .reorder = 0.2,
             .duplicate = 0.2,
             .corrupt = 0.5});
  Duration now{0};
  while (!bytes.empty()) {
    const auto size = std::min<std::size_t>(bytes.front(), bytes.size() - 1);
    queue.push(now, bytes.subspan(1, size));
    bytes = bytes.subspan(1 + size);
    now += std::chrono::milliseconds(1);
    queue.pop(now);
  }
  while (queue.pop_early()) {
  }
  if (queue.counters().queued != 0) std::abort();
}

using Reader = void (*)(Bytes);
constexpr std::array<Reader, 7> kReaders{vici, vty, bfd, log_lines, configurations, head, frames};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    kReaders[data[0] % kReaders.size()]({data + 1, size - 1});
  } catch (const Error&) {
    return 0;
  }
  return 0;
}

#ifndef XCONN_FUZZ
#include "replay.hh"
#endif
