// SPDX-License-Identifier: Apache-2.0
#include "sys/debug_log.hh"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "base/text.hh"
#include "sys/fd.hh"

namespace xconn::sys {
namespace {

std::atomic<int> log_file{-1};  // never closed: threads may be writing

/// "2026/11/29 00:47:01.123456"
std::string stamp() {
  using namespace std::chrono;
  const auto now = system_clock::now().time_since_epoch();
  const std::time_t second = duration_cast<seconds>(now).count();
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  char day[32], fraction[16];
  std::strftime(day, sizeof day, "%Y/%m/%d %H:%M:%S", &parts);
  std::snprintf(fraction, sizeof fraction, ".%06d", static_cast<int>((now % seconds(1)) / microseconds(1)));
  return std::string(day) + fraction;
}

}  // namespace

void begin_debug_log(const std::string& file) {
  log_file = check(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), "open", file);
}

bool has_debug_log() { return log_file.load(std::memory_order_relaxed) >= 0; }

void write_debug_line(std::string_view topic, std::string_view text) {
  const auto line = stamp() + " " + std::string(topic) + ": " + printable(text) + "\n";
  (void)!::write(log_file, line.data(), line.size());  // one write: lines of several threads stay whole
}

}  // namespace xconn::sys
