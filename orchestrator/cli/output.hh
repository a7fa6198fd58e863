// SPDX-License-Identifier: Apache-2.0
// What people read: tables, colour where a terminal takes it, progress that overwrites itself there and is plain lines
// elsewhere (a CI log).
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace xconn::cli {

void write(std::FILE* stream, const std::string& text) noexcept;

/// To standard output. Never fails: what could not be written is told by finish().
template <typename... Values>
void print(fmt::format_string<Values...> format, Values&&... values) {
  write(stdout, fmt::format(format, std::forward<Values>(values)...));
}

/// To standard error. Never fails: an error that nobody can read still has its exit code.
template <typename... Values>
void tell(fmt::format_string<Values...> format, Values&&... values) {
  write(stderr, fmt::format(format, std::forward<Values>(values)...));
}

/// Standard output as far as it was printed. False once nothing more can be written there.
bool flush() noexcept;

/// The exit code of a verb that ends with `code`: 1 when its output was lost, and says why. A reader that has gone
/// (`| head -1`) has had what it wanted.
int finish(int code) noexcept;

/// True when `stream_fd` is a terminal and NO_COLOR is not set.
bool wants_colour(int stream_fd);

enum class Colour { kGreen, kRed, kYellow, kDim, kBold };
std::string paint(const std::string& text, Colour colour, bool on);

/// Text in a table: shown as base/text.hh shows it, so that nothing in it speaks to the terminal.
struct Cell {
  template <class Text>
  requires std::is_convertible_v<const Text&, std::string> Cell(const Text& words)
      : text([&]() -> std::string { return words; }()) {}  // as it converts, not as it constructs: JSON does both
  Cell(std::string words, Colour painted) : text(std::move(words)), colour(painted) {}

  std::string text;
  std::optional<Colour> colour;
};

class Table {
 public:
  explicit Table(std::vector<Cell> header) : rows_{std::move(header)} {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  /// Columns aligned, two spaces between, `indent` before each line, the header in bold when `colour`.
  std::string text(bool colour, const std::string& indent = "  ") const;

 private:
  std::vector<std::vector<Cell>> rows_;
};

/// Steps of something that takes over a second, on stderr.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// "starting 9 routers"; on a terminal it replaces the step before.
  void step(const std::string& text);
  void clear();

 private:
  bool quiet_, terminal_;
};

/// 2874 ms -> "2.9 s", 412 ms -> "0.41 s".
std::string seconds(std::chrono::nanoseconds span);

}  // namespace xconn::cli
