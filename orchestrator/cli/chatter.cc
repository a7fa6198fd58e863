// SPDX-License-Identifier: Apache-2.0
#include "cli/chatter.hh"

#include <fmt/format.h>

namespace xconn::cli {
namespace {

constexpr int kMostASecond = 3;

}  // namespace

std::optional<std::string> Chatter::line(const services::Event& event) {
  auto& speaker = speakers_[{event.source, event.node}];
  if (event.at >= speaker.since + std::chrono::seconds{1}) {
    speaker.since = event.at;
    speaker.told = 0;
  }
  if (speaker.told == kMostASecond) {
    ++speaker.held;
    return std::nullopt;
  }
  ++speaker.told;
  const int held = std::exchange(speaker.held, 0);
  return fmt::format("{} {}: {}{}", event.source, event.node, event.text,
                     held == 0 ? "" : fmt::format(" (after {} more like it)", held));
}

}  // namespace xconn::cli
