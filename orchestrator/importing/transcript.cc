#include "importing/transcript.hh"

#include <algorithm>
#include <array>
#include <string_view>

namespace xconn::importing {
namespace {

constexpr std::string_view kBlanks = " \t";
/// How a shell asks for the next command.
constexpr std::array<std::string_view, 4> kPrompts{"$ az ", "> az ", "# az ", "% az "};
/// How a line begins that ends what a command printed.
constexpr std::array<std::string_view, 4> kEnds{"```", "$ ", "az ", "PS "};

std::string_view trimmed(std::string_view line) {
  const auto from = line.find_first_not_of(kBlanks);
  return from == std::string_view::npos ? std::string_view()
                                        : line.substr(from, line.find_last_not_of(kBlanks) - from + 1);
}

bool starts_with_any(std::string_view line, const std::array<std::string_view, 4>& starts) {
  return std::ranges::any_of(starts, [&](auto start) { return line.starts_with(start); });
}

bool is_command(std::string_view line) {
  constexpr std::size_t kLongestPrompt = 80;
  if (line.starts_with("az ")) return true;
  const auto start = line.substr(0, kLongestPrompt);
  return std::ranges::any_of(kPrompts, [&](auto prompt) { return start.find(prompt) != start.npos; });
}

/// Goes through the text line by line, and knows what a line is by what came before.
class Transcript {
 public:
  /// Whether the line is a part of what a command printed.
  bool keeps(std::string_view line) {
    if (place_ == Place::kOutput && starts_with_any(line, kEnds)) end_output();
    if (place_ == Place::kOutput) return follow(line);
    if (is_command(line) || (place_ == Place::kCommand && is_continued_)) return begin_command(line);
    if (place_ != Place::kCommand) return false;
    if (!line.starts_with('{') && !line.starts_with('[')) {
      if (!is_between(line)) place_ = Place::kProse;
      return false;
    }
    place_ = Place::kOutput;
    return follow(line);
  }

 private:
  enum class Place { kProse, kCommand, kOutput };

  bool begin_command(std::string_view line) {
    place_ = Place::kCommand;
    is_continued_ = line.ends_with('\\') || line.ends_with('`');
    return false;
  }

  /// Between a command and its output: nothing, the fence of a block, or a complaint.
  static bool is_between(std::string_view line) {
    return line.empty() || line.starts_with("```") || line.starts_with("WARNING") || line.find(" ..") != line.npos;
  }

  /// Strings do not span lines.
  bool follow(std::string_view line) {
    bool in_string = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (in_string && c == '\\')
        ++i;
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == '{' || c == '['))
        ++depth_;
      else if (!in_string && (c == '}' || c == ']'))
        --depth_;
    }
    if (depth_ <= 0) end_output();
    return true;
  }

  /// Another document may follow at once.
  void end_output() {
    depth_ = 0;
    is_continued_ = false;
    place_ = Place::kCommand;
  }

  Place place_ = Place::kCommand;  ///< JSON may stand before the first command
  bool is_continued_ = false;
  long depth_ = 0;
};

/// Calls `visit(from, to)` for each line.
template <class Visit>
void for_lines(const std::string& text, Visit visit) {
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find_first_of("\r\n", from), text.size());
    visit(from, end);
    from = end + 1;
  }
}

bool has_command(const std::string& text) {
  bool found = false;
  for_lines(text, [&](std::size_t from, std::size_t to) {
    found = found || is_command(trimmed(std::string_view(text).substr(from, to - from)));
  });
  return found;
}

}  // namespace

void blank_prose(std::string& text) {
  if (!has_command(text)) return;
  Transcript transcript;
  for_lines(text, [&](std::size_t from, std::size_t to) {
    if (transcript.keeps(trimmed(std::string_view(text).substr(from, to - from)))) return;
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(to), ' ');
  });
}

}  // namespace xconn::importing
