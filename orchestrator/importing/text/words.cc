// SPDX-License-Identifier: Apache-2.0
#include "importing/text/words.hh"

#include <algorithm>
#include <cctype>

namespace xconn::importing {

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r";
  const auto from = text.find_first_not_of(kSpaces);
  return from == text.npos ? std::string_view() : text.substr(from, text.find_last_not_of(kSpaces) - from + 1);
}

}  // namespace xconn::importing
