// SPDX-License-Identifier: Apache-2.0
#include "kernel/md5_drops.hh"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace xconn::kernel {
namespace {

constexpr std::size_t kPiece = 8192;

constexpr struct {
  std::string_view name;
  std::uint64_t Md5Drops::*counter;
} kCounters[] = {{"TCPMD5NotFound", &Md5Drops::none},
                 {"TCPMD5Unexpected", &Md5Drops::unexpected},
                 {"TCPMD5Failure", &Md5Drops::wrong}};

/// Takes the next line that begins so off `rest`; empty when there is none.
std::string_view take_line(std::string_view& rest, std::string_view begin) {
  rest.remove_prefix(std::min(rest.find(begin), rest.size()));
  const auto line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(line.size());
  return line;
}

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

sys::Fd open_netstat() {
  constexpr const char* kFile = "/proc/thread-self/net/netstat";
  return sys::Fd{sys::check(::open(kFile, O_RDONLY | O_CLOEXEC), "open", kFile)};
}

}  // namespace

/// Lines come in pairs: names, then numbers, each behind the same word. Nothing is copied: this is read of every
/// router, every second.
Md5Drops md5_drops_in(std::string_view netstat) {
  constexpr std::string_view kTcp = "TcpExt:";
  auto names = take_line(netstat, kTcp), numbers = take_line(netstat, kTcp);
  Md5Drops drops;
  for (auto name = take_word(names); !name.empty(); name = take_word(names)) {
    const auto number = take_word(numbers);
    const auto* row = std::ranges::find(kCounters, name, [](const auto& one) { return one.name; });
    if (row != std::end(kCounters)) std::from_chars(number.data(), number.data() + number.size(), drops.*row->counter);
  }
  return drops;
}

Md5Counters::Md5Counters(const sys::Netns& netns) : file_(netns.run(open_netstat)) {}

Md5Drops Md5Counters::read() const {
  std::string text;
  char piece[kPiece];
  for (ssize_t count = 0; (count = ::pread(file_.get(), piece, sizeof piece, static_cast<off_t>(text.size()))) > 0;)
    text.append(piece, static_cast<std::size_t>(count));
  return md5_drops_in(text);
}

}  // namespace xconn::kernel
