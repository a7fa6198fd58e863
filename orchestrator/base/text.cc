// SPDX-License-Identifier: Apache-2.0
#include "base/text.hh"

#include <algorithm>
#include <array>

namespace xconn {
namespace {

struct Span {
  char32_t first, last;
};
// Unicode: controls, marks and overrides of direction, line and paragraph separators, the byte order mark, tags.
constexpr std::array<Span, 9> kNotPlain{{{0x0, 0x1f},
                                         {0x7f, 0x9f},
                                         {0x061c, 0x061c},
                                         {0x200e, 0x200f},
                                         {0x2028, 0x202e},
                                         {0x2066, 0x2069},
                                         {0xfeff, 0xfeff},
                                         {0xfff9, 0xfffb},
                                         {0xe0000, 0xe007f}}};

std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/// Longer than it needs to be, one half of a pair, or beyond the last one.
bool is_character(char32_t code, std::size_t length) {
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  return code >= kLeast[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

std::string hexadecimal(unsigned long value, std::size_t digits) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (; value != 0 || text.size() < digits; value >>= 4) text.insert(text.begin(), kDigits[value & 15]);
  return text;
}

std::string escaped(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  return code < 0x80 ? "\\x" + hexadecimal(code, 2) : "\\u" + hexadecimal(code, 4);
}

bool is_blank_line_character(char32_t code) { return code == '\n' || code == '\t'; }

std::string shown(std::string_view text, bool lines) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    if (!character)
      out += "\\x" + hexadecimal(static_cast<unsigned char>(text[at]), 2);
    else if (is_plain(character->code) || (lines && is_blank_line_character(character->code)))
      out += text.substr(at, character->length);
    else
      out += escaped(character->code);
    at += character ? character->length : 1;
  }
  return out;
}

}  // namespace

std::optional<Character> character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto length = length_of(lead);
  if (length == 0 || at + length > text.size()) return std::nullopt;
  char32_t code = length == 1 ? lead : lead & (0x7fU >> length);
  for (auto i = at + 1; i < at + length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (byte & 0x3f);
  }
  if (!is_character(code, length)) return std::nullopt;
  return Character{length, code};
}

bool is_plain(char32_t code) {
  return std::ranges::none_of(kNotPlain, [&](const Span& span) { return code >= span.first && code <= span.last; });
}

bool is_plain(std::string_view text, bool lines) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    if (!character) return false;
    if (!is_plain(character->code) && !(lines && is_blank_line_character(character->code))) return false;
    at += character->length;
  }
  return true;
}

std::string printable(std::string_view text) { return shown(text, false); }

std::string printable_lines(std::string_view text) { return shown(text, true); }

}  // namespace xconn
