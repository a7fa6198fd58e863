// SPDX-License-Identifier: Apache-2.0
#include "importing/text/transcript.hh"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "importing/text/noise.hh"
#include "importing/text/words.hh"

namespace xconn::importing {
namespace {

/// How a shell asks for the next command.
constexpr std::array<std::string_view, 6> kPrompts{"$ ", "> ", "# ", "% ", "\xe2\x9d\xaf ", ">"};
/// What is asked there.
constexpr std::array<std::string_view, 9> kTools{"az ",        "Get-Az", "New-Az", "Set-Az", "Search-Az",
                                                 "terraform ", "tofu ",  "bicep ", "curl "};
/// Languages of fences in which commands and their output stand.
constexpr std::array<std::string_view, 16> kShells{
    "",      "json", "jsonc", "output",     "console", "text", "bash",     "sh",
    "shell", "zsh",  "cmd",   "powershell", "pwsh",    "http", "azurecli", "azurepowershell"};

bool names_tool(std::string_view line) {
  return std::ranges::any_of(kTools, [&](auto tool) { return line.starts_with(tool); });
}

/// At its beginning, or behind a prompt. A prompt has no quotes: a command in a value is none.
std::size_t command_start(std::string_view line) {
  if (line.starts_with("az ") || line.starts_with("Get-Az")) return 0;
  const auto quote = std::min(line.find('"'), line.size());
  for (const auto prompt : kPrompts)
    for (auto at = line.find(prompt); at < quote; at = line.find(prompt, at + 1))
      if (names_tool(line.substr(at + prompt.size()))) return at + prompt.size();
  return line.npos;
}

bool is_command(std::string_view line) { return command_start(line) != line.npos; }

bool is_fence(std::string_view line) { return line.starts_with("```") || line.starts_with("~~~"); }

/// "azurecli" of "```azurecli-interactive {.class}"
std::string language_of(std::string_view fence) {
  fence.remove_prefix(std::min(fence.find_first_not_of("`~"), fence.size()));
  fence = trimmed(fence);
  return lower_case(fence.substr(0, fence.find_first_of(" -{,:")));
}

/// A bracket before what may stand behind one; "[see below]" is prose. "{- Finished .." is what the CLI's spinner
/// leaves.
bool begins_json(std::string_view line) {
  if (!line.starts_with('{') && !line.starts_with('[')) return false;
  const auto next = line.find_first_not_of(" \t", 1);
  if (next == line.npos) return true;
  return std::string_view("\"{[}]-\\|/").find(line[next]) != std::string_view::npos;
}

/// Goes through the text line by line, and knows what a line is by what came before.
class TranscriptReader {
 public:
  Page page() {
    settle_command();
    settle_fence();
    return std::move(page_);
  }

  /// Whether the line is a part of what a command printed.
  bool keeps(std::string_view line, std::size_t from, std::size_t to) {
    ++line_;
    if (in_output_ && ends_output(line)) in_output_ = false;
    if (!in_output_ && !begins_output(line, from)) return false;
    follow(line);
    page_.blocks.back().to = to;
    return true;
  }

 private:
  /// Cut short.
  static bool ends_output(std::string_view line) {
    return is_fence(line) || is_command(line) || line.starts_with("$ ") || line.starts_with("PS ");
  }

  bool begins_output(std::string_view line, std::size_t from) {
    if (is_fence(line)) return turn_fence(line);
    if (is_command(line) || is_continued_) return begin_command(line);
    if (line.empty()) return false;
    const bool is_first = std::exchange(is_first_in_fence_, false);
    if (!begins_json(line) || !(is_first || may_hold_json())) return pass_over(line);
    page_.blocks.push_back({from, from});
    in_output_ = has_json_ = is_answered_ = true;
    depth_ = 0;
    in_string_ = in_comment_ = false;
    return true;
  }

  bool may_hold_json() const { return std::ranges::find(kShells, language_) != kShells.end(); }

  bool turn_fence(std::string_view line) {
    settle_command();
    settle_fence();
    in_fence_ = !in_fence_;
    is_first_in_fence_ = in_fence_;
    language_ = in_fence_ ? language_of(line) : "";
    has_json_ = is_continued_ = false;
    return false;
  }

  bool begin_command(std::string_view line) {
    if (!is_continued_) {
      settle_command();
      command_ = {line_, std::string(line.substr(command_start(line)))};
      is_answered_ = has_other_answer_ = false;
    }
    is_continued_ = line.ends_with('\\') || line.ends_with('`') || line.ends_with('^');
    is_first_in_fence_ = false;
    return false;
  }

  bool pass_over(std::string_view line) {
    if (is_noise(line)) return false;
    if (page_.lines++ == 0) page_.first_line = line_;
    has_other_answer_ = has_other_answer_ || in_fence_;
    return false;
  }

  /// A table, a part that the shell cut out.
  void settle_command() {
    const auto says = [&](const char* word) { return command_.command.find(word) != std::string::npos; };
    if (has_other_answer_ && !is_answered_ && says("az network ") && (says(" show") || says(" list")))
      page_.unread.push_back(command_);
    has_other_answer_ = false;
    command_ = {};
  }

  void settle_fence() {
    if (in_fence_ && !has_json_ && !may_hold_json()) page_.languages.insert(language_);
  }

  void follow(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (in_comment_)
        in_comment_ = line.substr(i, 2) != "*/";
      else if (in_string_)
        i += in_text(line[i]);
      else if (line.substr(i, 2) == "//")
        break;
      else
        in_json(line.substr(i));
    }
    if (depth_ <= 0 && !in_string_ && !in_comment_) in_output_ = false;
  }

  std::size_t in_text(char c) {
    in_string_ = c != '"';
    return c == '\\' ? 1 : 0;
  }

  void in_json(std::string_view rest) {
    in_comment_ = rest.starts_with("/*");
    in_string_ = rest[0] == '"';
    if (rest[0] == '{' || rest[0] == '[') ++depth_;
    if (rest[0] == '}' || rest[0] == ']') --depth_;
  }

  Page page_;
  int line_ = 0;
  std::string language_;
  bool in_fence_ = false, is_first_in_fence_ = false, has_json_ = false;
  Unread command_{};
  bool is_continued_ = false, is_answered_ = false, has_other_answer_ = false;
  bool in_output_ = false, in_string_ = false, in_comment_ = false;
  long depth_ = 0;
};

/// Calls `visit(from, to)` for each line.
template <class Visit>
void for_lines(const std::string& text, Visit visit) {
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    visit(from, end > from && text[end - 1] == '\r' ? end - 1 : end);
    from = end + 1;
  }
}

bool is_page(const std::string& text) {
  bool found = false;
  for_lines(text, [&](std::size_t from, std::size_t to) {
    const auto line = trimmed(std::string_view(text).substr(from, to - from));
    found = found || is_command(line) || is_fence(line);
  });
  return found;
}

}  // namespace

std::optional<Page> read_page(std::string& text) {
  if (!is_page(text)) return std::nullopt;
  TranscriptReader reader;
  for_lines(text, [&](std::size_t from, std::size_t to) {
    if (reader.keeps(trimmed(std::string_view(text).substr(from, to - from)), from, to)) return;
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(to), ' ');
  });
  return reader.page();
}

}  // namespace xconn::importing
