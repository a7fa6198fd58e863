// SPDX-License-Identifier: Apache-2.0
#include "kernel/md5_drops.hh"

#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <sstream>

namespace xconn::kernel {
namespace {

constexpr std::size_t kPiece = 8192;

/// Lines come in pairs: names, then numbers, each behind the same word.
std::map<std::string, std::uint64_t> counters_in(std::string_view netstat) {
  std::map<std::string, std::uint64_t> counters;
  std::istringstream lines{std::string(netstat)};
  for (std::string names, numbers; std::getline(lines, names) && std::getline(lines, numbers);) {
    std::istringstream name(names), number(numbers);
    std::string word;
    for (name >> word, number >> word; name >> word;) number >> counters[word];
  }
  return counters;
}

sys::Fd open_netstat() {
  constexpr const char* kFile = "/proc/thread-self/net/netstat";
  return sys::Fd{sys::check(::open(kFile, O_RDONLY | O_CLOEXEC), "open", kFile)};
}

}  // namespace

Md5Drops md5_drops_in(std::string_view netstat) {
  auto counters = counters_in(netstat);
  return {counters["TCPMD5NotFound"], counters["TCPMD5Unexpected"], counters["TCPMD5Failure"]};
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
