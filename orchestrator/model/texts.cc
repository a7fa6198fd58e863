// SPDX-License-Identifier: Apache-2.0
// The words that are free text: what each may hold, so that nothing in it means anything to a file, a picture or a
// terminal that it is written to. One row each; reading, the reference and the schema follow from it.
#include <algorithm>

#include "base/text.hh"
#include "model/words.hh"

namespace xconn::model {
namespace {

struct Grammar {
  WordInfo info;
  std::size_t longest;  ///< characters
  bool (*fits)(std::string_view text);
};

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz", kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kDigits = "0123456789";

bool is_one_of(char c, std::initializer_list<std::string_view> sets) {
  return std::ranges::any_of(sets, [&](std::string_view set) { return set.find(c) != std::string_view::npos; });
}

bool is_graphic(char c) { return c > ' ' && c < 0x7f; }

bool is_line(std::string_view text) { return is_plain(text); }
bool is_lines(std::string_view text) { return is_plain(text, true); }
bool is_filled_line(std::string_view text) { return !text.empty() && is_plain(text); }
bool is_key(std::string_view text) {
  const auto is_blank_or_graphic = [](char c) { return c == ' ' || is_graphic(c); };
  return !text.empty() && text.front() != ' ' && text.back() != ' ' && std::ranges::all_of(text, is_blank_or_graphic);
}
bool is_url_path(std::string_view text) { return text.starts_with('/') && std::ranges::all_of(text, is_graphic); }

/// Words of `sets`, with one of `separators` between each two.
bool is_joined(std::string_view text, std::string_view separators, std::initializer_list<std::string_view> sets) {
  char before = separators.front();
  for (const char c : text) {
    const bool separates = separators.find(c) != std::string_view::npos;
    if (separates ? separators.find(before) != std::string_view::npos : !is_one_of(c, sets)) return false;
    before = c;
  }
  return separators.find(before) == std::string_view::npos;
}

bool is_proposal(std::string_view text) { return is_joined(text, "-", {kLower, kDigits}); }

// a folder has no dots, and no way leads up
bool is_sysctl(std::string_view text) {
  return (text.starts_with("net.") || text.starts_with("net/")) &&
         is_joined(text, "./", {kLower, kUpper, kDigits, "_@-"});
}

bool is_file_name(std::string_view text) {
  return !text.empty() && is_one_of(text.front(), {kLower, kUpper, kDigits}) && std::ranges::all_of(text, [](char c) {
    return is_one_of(c, {kLower, kUpper, kDigits, "._-"});
  });
}

bool is_place(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) { return is_one_of(c, {"\"'`<>[]{}|\\&;#$"}); }) &&
         is_plain(text);
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::optional<std::string> parse(const Grammar& grammar, std::string_view text) {
  if (characters_in(text) > grammar.longest || !grammar.fits(text)) return std::nullopt;
  return std::string(text);
}

std::string schema(std::string_view pattern, std::size_t longest) {
  return R"("type": ["string", "number", "boolean"], "pattern": ")" + std::string(pattern) + R"(", "maxLength": )" +
         std::to_string(longest);
}

constexpr std::string_view kLine = R"(^[^\\u0000-\\u001f\\u007f-\\u009f]*$)",
                           kLines = R"(^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$)",
                           kKey = "^[!-~]([ -~]*[!-~])?$";
constexpr std::size_t kWide = 200, kPage = 10'000, kLargest = 1UL << 20;

}  // namespace

#define XCONN_TEXT(AS, LONGEST, FITS, PATTERN, NAME, RULE, REMEDY)                                \
  static const Grammar& grammar_of(const AS*) {                                                   \
    static const Grammar kGrammar{{NAME, RULE, REMEDY, schema(PATTERN, LONGEST)}, LONGEST, FITS}; \
    return kGrammar;                                                                              \
  }                                                                                               \
  const WordInfo& Word<AS>::info() { return grammar_of(static_cast<const AS*>(nullptr)).info; }   \
  std::optional<std::string> Word<AS>::parse(std::string_view text) {                             \
    return model::parse(grammar_of(static_cast<const AS*>(nullptr)), text);                       \
  }                                                                                               \
  std::string Word<AS>::show(const std::string& value) { return value; }

XCONN_TEXT(Line, kWide, is_line, kLine, "line", "it is one line of at most 200 characters, none of them a control",
           "leave out line breaks and escape sequences")
XCONN_TEXT(Message, kPage, is_lines, kLines, "text",
           "it is a text of at most 10000 characters, with no control characters but line breaks and tabs",
           "leave out escape sequences")
XCONN_TEXT(Place, 64, is_place, R"(^[^\\u0000-\\u001f\\u007f-\\u009f\"'`<>\\[\\]{}|\\\\&;#$]+$)", "place",
           "a place is at most 64 letters, digits, blanks and the signs of names", "write it as Silicon Valley2")
XCONN_TEXT(Psk, 128, is_filled_line, R"(^[^\\u0000-\\u001f\\u007f-\\u009f]+$)", "pre-shared key",
           "a pre-shared key is one line of 1 to 128 characters", "")
XCONN_TEXT(Md5Key, 80, is_key, kKey, "TCP MD5 key",
           "a TCP MD5 key is 1 to 80 printable ASCII characters, none at its ends a blank", "use letters and digits")
XCONN_TEXT(Proposal, 128, is_proposal, "^[a-z0-9]+(-[a-z0-9]+)*$", "proposal",
           "a proposal is algorithms as strongSwan calls them, with '-' between them",
           "write it as aes256-sha256-modp2048")
XCONN_TEXT(UrlPath, kWide, is_url_path, "^/[!-~]*$", "path of a URL",
           "it begins with '/' and has no blanks and no control characters", "write it as /health")
XCONN_TEXT(Argument, kLargest, is_lines, kLines, "word of a command",
           "it has no control characters but line breaks and tabs", "let the program make them: printf '\\033'")
XCONN_TEXT(Content, kLargest, is_lines, kLines, "text of a file",
           "it is text of at most 1 MiB, with no control characters but line breaks and tabs", "")
XCONN_TEXT(FilePath, 4096, is_filled_line, R"(^[^\\u0000-\\u001f\\u007f-\\u009f]+$)", "path", "it is a path",
           "write it as seen from this file's folder")
XCONN_TEXT(FileName, 63, is_file_name, "^[A-Za-z0-9][A-Za-z0-9._-]*$", "name of a file",
           "a file name has at most 63 letters, digits, '.', '_' and '-', and begins with a letter or digit", "")
XCONN_TEXT(SysctlName, kWide, is_sysctl, "^net([./][A-Za-z0-9_@-]+)+$", "kernel setting",
           "a kernel setting of a node is one of its network: net. and more", "write it as net.ipv4.ip_forward")
#undef XCONN_TEXT

}  // namespace xconn::model
