// SPDX-License-Identifier: Apache-2.0
#include "importing/text/comments.hh"

#include <algorithm>
#include <string_view>

#include "importing/text/noise.hh"

namespace xconn::importing {
namespace {

/// Goes through a text once.
class Walk {
 public:
  explicit Walk(std::string& text) : text_(text) {}

  void run() {
    while (at_ < text_.size()) step();
  }

 private:
  void step() {
    const char c = text_[at_];
    const bool is_blank = c == ' ' || c == '\t' || c == '\r';
    if (is_line_start_ && !is_blank && skip_noise()) return;
    if (depth_ > 0 && c == '"') return string();
    if (c == '/' && (depth_ > 0 || is_line_start_) && comment()) return;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && depth_ > 0) --depth_;
    is_line_start_ = c == '\n' || (is_line_start_ && is_blank);
    ++at_;
  }

  /// A warning in the middle of the output may hold a lone quote.
  bool skip_noise() {
    const auto end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    if (!is_noise(std::string_view(text_).substr(at_, end - at_))) return false;
    at_ = end;
    is_line_start_ = false;
    return true;
  }

  /// One that is never closed is left to the parser.
  void string() {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    is_line_start_ = false;
    if (end >= text_.size()) {
      at_ = text_.size();
      return;
    }
    for (; at_ < end; ++at_) text_[at_] = in_string(text_[at_]);
    ++at_;
  }

  static char in_string(char c) {
    if (c == '\n') return kLineInString;
    return c == '\r' || c == '\t' ? ' ' : c;
  }

  bool comment() {
    const auto start = std::string_view(text_).substr(at_, 2);
    if (start == "//")
      blank_to(std::min(text_.find_first_of("\r\n", at_), text_.size()));
    else if (start != "/*")
      return false;
    else if (const auto end = text_.find("*/", at_ + 2); end == std::string::npos)
      return false;
    else
      blank_to(end + 2);
    return true;
  }

  void blank_to(std::size_t end) {
    for (; at_ < end; ++at_)
      if (text_[at_] != '\n' && text_[at_] != '\r') text_[at_] = ' ';
  }

  std::string& text_;
  std::size_t at_ = 0;
  long depth_ = 0;
  bool is_line_start_ = true;
};

}  // namespace

void blank_comments(std::string& text) { Walk(text).run(); }

bool begins_as_json(const std::string& text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  if (at == std::string::npos) return false;
  return text[at] == '{' || text[at] == '[' || text.compare(at, 2, "//") == 0 || text.compare(at, 2, "/*") == 0;
}

}  // namespace xconn::importing
