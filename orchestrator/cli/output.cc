#include "cli/output.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace xconn::cli {
namespace {

constexpr std::array<const char*, 5> kCodes{"32", "31", "33", "2", "1"};

/// Columns on a screen: bytes that do not continue a UTF-8 character.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::vector<std::size_t> widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> out(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size() && i < out.size(); ++i) out[i] = std::max(out[i], width(row[i]));
  return out;
}

}  // namespace

bool wants_colour(int stream_fd) { return ::isatty(stream_fd) == 1 && std::getenv("NO_COLOR") == nullptr; }

std::string paint(const std::string& text, Colour colour, bool on) {
  return on ? fmt::format("\033[{}m{}\033[0m", kCodes[static_cast<std::size_t>(colour)], text) : text;
}

std::string Table::text(bool colour, const std::string& indent) const {
  const auto columns = widths(rows_);
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + (i + 1 < row.size() ? std::string(columns[i] + 2 - width(row[i]), ' ') : "");
    line.erase(line.find_last_not_of(' ') + 1);
    out += indent + paint(line, Colour::kBold, colour && &row == &rows_.front()) + "\n";
  }
  return out;
}

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { clear(); }

void Progress::step(const std::string& text) {
  if (quiet_) return;
  if (terminal_)
    fmt::print(stderr, "\r\033[K  {}", text);
  else
    fmt::print(stderr, "  {}\n", text);
}

void Progress::clear() {
  if (!quiet_ && terminal_) fmt::print(stderr, "\r\033[K");
}

std::string seconds(std::chrono::nanoseconds span) {
  const auto value = std::chrono::duration<double>(span).count();
  return fmt::format("{:.{}f} s", value, value < 1 ? 2 : 1);
}

}  // namespace xconn::cli
