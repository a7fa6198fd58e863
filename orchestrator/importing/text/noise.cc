// SPDX-License-Identifier: Apache-2.0
#include "importing/text/noise.hh"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/text.hh"

namespace xconn::importing {
namespace {

/// How a line begins that is none of the output's.
constexpr std::array<std::string_view, 8> kLines{"WARNING:", "ERROR:", "INFO:", "DEBUG:", "$ ", "PS ", "```", "#"};

/// U+00A0, U+200B, U+202F and U+FEFF.
constexpr std::array<std::string_view, 4> kUnseen{"\xc2\xa0", "\xe2\x80\x8b", "\xe2\x80\xaf", "\xef\xbb\xbf"};

constexpr std::string_view kSpinner = "-\\|/";

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

/// A surrogate without its partner becomes U+FFFD.
std::string from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<std::uint32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string out;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    auto code = unit(i);
    const bool is_high = code >= 0xd800 && code < 0xdc00;
    const auto low = is_high && i + 3 < bytes.size() ? unit(i + 2) : 0;
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      i += 2;
    }
    append_utf8(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
  }
  return out;
}

/// What an old Windows program wrote: a byte that is no UTF-8 is the letter of Latin 1.
std::string from_bytes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    if (character)
      out += text.substr(at, character->length);
    else
      append_utf8(out, static_cast<unsigned char>(text[at]));
    at += character ? character->length : 1;
  }
  return out;
}

void blank(std::string& text, std::size_t from, std::size_t to) {
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(to), ' ');
}

/// How long "- Finished .." is at the start of `line`; 0 when it is not there.
std::size_t spinner_length(std::string_view line) {
  if (line.size() < 3 || kSpinner.find(line[0]) == std::string_view::npos || line[1] != ' ') return 0;
  const auto dots = line.find(" ..");
  if (dots == std::string_view::npos) return 0;
  const auto end = line.find_first_not_of('.', dots + 1);
  return end == std::string_view::npos ? line.size() : end;
}

bool is_cut(std::string_view line) {
  return (line.starts_with('<') && line.ends_with('>')) || (line.starts_with("...") && line.ends_with("..."));
}

/// More of an object or a list was before it, or its end comes after it.
bool is_within_json(char before, std::string_view rest) {
  constexpr std::string_view kBlank = " \t\r\n", kBefore = "[{,", kAfter = "]}";
  const auto next = rest.find_first_not_of(kBlank);
  return kBefore.find(before) != std::string_view::npos ||
         (next != std::string_view::npos && kAfter.find(rest[next]) != std::string_view::npos);
}

/// Goes through a text line by line.
class Cleaner {
 public:
  explicit Cleaner(std::string& text) : text_(text) {}

  std::vector<Cut> whole() {
    for (std::size_t from = 0; from < text_.size();) {
      const auto end = std::min(text_.find_first_of("\r\n", from), text_.size());
      clean(from, end);
      if (end < text_.size() && text_[end] == '\n') ++line_;
      from = end + 1;
    }
    return std::move(cuts_);
  }

 private:
  void clean(std::size_t from, std::size_t to) {
    while (from < to && (text_[from] == ' ' || text_[from] == '\t')) ++from;
    while (to > from && (text_[to - 1] == ' ' || text_[to - 1] == '\t')) --to;
    if (from == to) return;
    const std::string_view line(text_.data() + from, to - from);
    if (is_cut(line) && is_within_json(before_, std::string_view(text_).substr(to)))
      cuts_.push_back({line_, std::string(line)});
    if (is_noise(line)) return blank(text_, from, to);
    before_ = line.back();
    const std::size_t bracket = line.starts_with('{') || line.starts_with('[') ? 1 : 0;
    const auto length = spinner_length(line.substr(bracket));
    blank(text_, from + bracket, from + bracket + length);
  }

  std::string& text_;
  int line_ = 1;
  char before_ = '\0';  ///< the last sign that is neither blank nor noise
  std::vector<Cut> cuts_;
};

/// Past the string that begins at `at`; the end of the text when it is not closed.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

}  // namespace

std::string as_utf8(const std::string& content) {
  const std::string_view text(content);
  if (text.starts_with("\xff\xfe")) return from_utf16(text.substr(2), false);
  if (text.starts_with("\xfe\xff")) return from_utf16(text.substr(2), true);
  if (text.size() > 3 && text[1] == 0 && text[3] == 0) return from_utf16(text, false);
  if (text.size() > 3 && text[0] == 0 && text[2] == 0) return from_utf16(text, true);
  return from_bytes(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text);
}

bool is_noise(std::string_view line) {
  if (std::ranges::any_of(kLines, [&](auto start) { return line.starts_with(start); })) return true;
  return is_cut(line);
}

/// ESC [ ... letter: colours of `-o jsonc`, moves of the cursor.
void blank_escapes(std::string& text) {
  for (auto at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b', at)) {
    auto end = at + 1;
    if (end < text.size() && text[end] == '[') ++end;
    while (end < text.size() && (text[end] == ';' || (text[end] >= '0' && text[end] <= '?'))) ++end;
    blank(text, at, std::min(end + 1, text.size()));
  }
}

void blank_unseen(std::string& text) {
  for (const auto sign : kUnseen)
    for (auto at = text.find(sign); at != std::string::npos; at = text.find(sign, at))
      blank(text, at, at + sign.size());
}

std::vector<Cut> blank_noise(std::string& text) { return Cleaner(text).whole(); }

/// Whoever cuts the end of a list leaves the comma before it.
void blank_last_commas(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = after_string(text, at);
      continue;
    }
    if (text[at] == ',') {
      const auto next = text.find_first_not_of(" \t\r\n", at + 1);
      if (next != std::string::npos && (text[next] == ']' || text[next] == '}')) text[at] = ' ';
    }
    ++at;
  }
}

}  // namespace xconn::importing
