// What people read: tables, colour where a terminal takes it, progress that overwrites itself there and is plain lines
// elsewhere (a CI log).
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace xconn::cli {

/// True when `stream_fd` is a terminal and NO_COLOR is not set.
bool wants_colour(int stream_fd);

enum class Colour { kGreen, kRed, kYellow, kDim, kBold };
std::string paint(const std::string& text, Colour colour, bool on);

class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  /// Columns aligned, two spaces between, `indent` before each line, the header in bold when `colour`.
  std::string text(bool colour, const std::string& indent = "  ") const;

 private:
  std::vector<std::vector<std::string>> rows_;
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
