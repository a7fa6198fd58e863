// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hh"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/text.hh"
#include "cli/session.hh"

namespace xconn::cli {
namespace {

int output_error = 0;  ///< errno of the first write to standard output that failed

constexpr std::array<const char*, 5> kCodes{"32", "31", "33", "2", "1"};

/// Columns on a screen: bytes that do not continue a UTF-8 character.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::vector<std::size_t> widths(const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::size_t> out(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size() && i < out.size(); ++i)
      out[i] = std::max(out[i], width(printable(row[i].text)));
  return out;
}

/// At least `least` columns wide.
std::string shown(const Cell& cell, bool colour, std::size_t least) {
  const auto text = printable(cell.text);
  const std::string blanks(least - std::min(least, width(text)), ' ');
  return (cell.colour ? paint(text, *cell.colour, colour) : text) + blanks;
}

}  // namespace

void write(std::FILE* stream, const std::string& text) noexcept {
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() && stream == stdout && output_error == 0)
    output_error = errno;
}

bool flush() noexcept {
  if (std::fflush(stdout) != 0 && output_error == 0) output_error = errno;
  return output_error == 0 && std::ferror(stdout) == 0;
}

int finish(int code) noexcept {
  if (flush() || output_error == EPIPE) return code;
  std::fprintf(stderr, "xconn: standard output could not be written: %s\n",
               output_error == 0 ? "part of it is lost" : std::strerror(output_error));
  return code == kPass ? kFail : code;
}

bool wants_colour(int stream_fd) { return ::isatty(stream_fd) == 1 && std::getenv("NO_COLOR") == nullptr; }

std::string paint(const std::string& text, Colour colour, bool on) {
  return on ? fmt::format("\033[{}m{}\033[0m", kCodes[static_cast<std::size_t>(colour)], text) : text;
}

std::string Table::text(bool colour, const std::string& indent) const {
  const auto columns = widths(rows_);
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += shown(row[i], colour, i + 1 < row.size() ? columns[i] + 2 : 0);
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
    tell("\r\033[K  {}", printable(text));
  else
    tell("  {}\n", printable(text));
}

void Progress::clear() {
  if (!quiet_ && terminal_) tell("\r\033[K");
}

std::string seconds(std::chrono::nanoseconds span) {
  const auto value = std::chrono::duration<double>(span).count();
  return fmt::format("{:.{}f} s", value, value < 1 ? 2 : 1);
}

}  // namespace xconn::cli
