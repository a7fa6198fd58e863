// SPDX-License-Identifier: Apache-2.0
#include "base/markup.hh"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hh"

namespace xconn {
namespace {

struct Spelling {
  char character;
  std::string_view spelled;
};

// https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
constexpr std::array<Spelling, 7> kMermaid{
    {{'"', "#quot;"}, {'#', "#35;"}, {'<', "#lt;"}, {'>', "#gt;"}, {'&', "#amp;"}, {'`', "#96;"}, {'\\', "#92;"}}};
// a label's text is asked for entities of HTML and for \N, \G and \l
constexpr std::array<Spelling, 3> kDot{{{'"', "\\\""}, {'\\', "\\\\"}, {'&', "&amp;"}}};
// https://spec.commonmark.org/0.31.2/#backslash-escapes
constexpr std::array<Spelling, 13> kMarkdown{{{'\\', "\\\\"},
                                              {'`', "\\`"},
                                              {'*', "\\*"},
                                              {'_', "\\_"},
                                              {'[', "\\["},
                                              {']', "\\]"},
                                              {'|', "\\|"},
                                              {'~', "\\~"},
                                              {'$', "\\$"},
                                              {'&', "&amp;"},
                                              {'<', "&lt;"},
                                              {'>', "&gt;"},
                                              {'"', "&quot;"}}};
constexpr std::array<Spelling, 5> kXml{
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};

std::string spelled(std::string_view text, std::span<const Spelling> spellings) {
  std::string out;
  for (const char c : text) {
    const auto found = std::ranges::find(spellings, c, &Spelling::character);
    if (found == spellings.end())
      out += c;
    else
      out += found->spelled;
  }
  return out;
}

/// An underscore between letters begins no emphasis, and names are full of them.
bool is_inside_a_word(std::string_view text, std::size_t at) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return at > 0 && at + 1 < text.size() && is_word(text[at - 1]) && is_word(text[at + 1]);
}

}  // namespace

std::string mermaid_text(std::string_view text) { return spelled(printable(text), kMermaid); }

std::string dot_text(std::string_view text) { return spelled(printable(text), kDot); }

std::string markdown_text(std::string_view text) {
  const auto line = printable(text);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i)
    out += line[i] == '_' && is_inside_a_word(line, i) ? "_" : spelled(line.substr(i, 1), kMarkdown);
  return out;
}

std::string markdown_paragraph(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  text.erase(0, text.find_first_not_of(' '));
  const auto number = text.find_first_not_of("0123456789");
  const auto mark = number == std::string::npos ? text.size() : number;
  const bool is_list = number != std::string::npos && number > 0 && (text[mark] == '.' || text[mark] == ')');
  const bool begins = !text.empty() && std::string_view("#-+=:").find(text.front()) != std::string_view::npos;
  return markdown_text(text.substr(0, mark)) + (is_list || begins ? "\\" : "") + markdown_text(text.substr(mark));
}

std::string xml_text(std::string_view text) { return spelled(printable_lines(text), kXml); }

}  // namespace xconn
