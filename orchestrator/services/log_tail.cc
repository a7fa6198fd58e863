// SPDX-License-Identifier: Apache-2.0
#include "services/log_tail.hh"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "services/inbox.hh"
#include "services/path_watch.hh"
#include "sys/fd.hh"

namespace xconn::services {

struct LogTail::State : std::enable_shared_from_this<State> {
  sys::Fd file;
  Inbox inbox;
  OnLine on_line;
  PathWatch watch;

  void read() {
    const auto alive = shared_from_this();
    std::array<char, 16384> block;
    for (ssize_t count; (count = ::read(file.get(), block.data(), block.size())) > 0;)
      inbox.append({block.data(), static_cast<std::size_t>(count)});
    const auto hand_out = on_line;  // which may destroy the tail
    while (const auto line = on_line ? inbox.take_line() : std::nullopt) hand_out(*line);
  }
};

LogTail::LogTail(sys::Loop& loop, const std::string& path, OnLine on_line) : state_(std::make_shared<State>()) {
  state_->file = sys::Fd(sys::check(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600), "open", path));
  sys::check(static_cast<int>(::lseek(state_->file.get(), 0, SEEK_END) < 0 ? -1 : 0), "seek in", path);
  state_->on_line = std::move(on_line);
  state_->watch = PathWatch(loop, path, [weak = std::weak_ptr(state_)] {
    if (const auto alive = weak.lock()) alive->read();
  });
}

LogTail::~LogTail() {
  state_->on_line = {};
  state_->watch = {};
}

void LogTail::catch_up() { state_->read(); }

}  // namespace xconn::services
