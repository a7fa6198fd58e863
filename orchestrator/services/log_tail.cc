#include "services/log_tail.hh"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "services/path_watch.hh"
#include "sys/fd.hh"

namespace xconn::services {

struct LogTail::State : std::enable_shared_from_this<State> {
  sys::Fd file;
  std::string rest;  // a line that has no end yet
  OnLine on_line;
  PathWatch watch;

  void read() {
    const auto alive = shared_from_this();
    std::array<char, 16384> block;
    for (ssize_t count; (count = ::read(file.get(), block.data(), block.size())) > 0;)
      rest.append(block.data(), static_cast<std::size_t>(count));
    std::size_t end;
    while (on_line && (end = rest.find('\n')) != std::string::npos) {
      const auto line = rest.substr(0, end);
      rest.erase(0, end + 1);
      on_line(line);
    }
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
