// SPDX-License-Identifier: Apache-2.0
#include "base/version.hh"

#include <charconv>

namespace xconn {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// Takes a number off the front.
std::optional<int> number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::string Version::text() const { return std::to_string(major) + "." + std::to_string(minor); }

std::optional<Version> Version::in(std::string_view text) {
  for (auto at = text.find_first_of(kDigits); at != std::string_view::npos; at = text.find_first_of(kDigits)) {
    text.remove_prefix(at);
    const auto major = number(text);
    if (!major) return std::nullopt;
    if (!text.starts_with('.')) continue;
    text.remove_prefix(1);
    if (const auto minor = number(text)) return Version{*major, *minor};
  }
  return std::nullopt;
}

std::optional<std::string> unknown_release(const Releases& known, std::string_view said) {
  const auto version = Version::in(said);
  if (version && *version >= known.first && version->major <= known.last_major) return std::nullopt;
  return std::string(known.name) + (version ? " " + version->text() : " of an unknown release") + " is not one of " +
         known.first.text() + " to " + std::to_string(known.last_major) + ", which labs can run";
}

}  // namespace xconn
