// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>

#include "base/errors.hh"
#include "base/join.hh"
#include "sys/children.hh"
#include "sys/clock.hh"

namespace xconn::sys {
namespace {

struct Pipe {
  Fd read, write;
};

Pipe make_pipe() {
  int ends[2];
  check(::pipe2(ends, O_CLOEXEC), "create pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

/// A socket, not a pipe: writing to a command that reads no more must be an error, not a SIGPIPE.
Pipe make_input() {
  int ends[2];
  check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "create socket pair");
  return {Fd(ends[0]), Fd(ends[1])};
}

/// Feeds and drains a command until it has closed its output and ended.
class Conversation {
 public:
  Conversation(const std::vector<std::string>& argv, const RunOptions& options)
      : argv_(argv), options_(options), deadline_(now() + options.deadline), input_(options.input) {
    auto in = make_input();
    auto out = make_pipe();
    auto err = make_pipe();
    const ProcessSpec spec{
        .argv = argv, .environment = options.environment, .netns = options.netns, .binds = options.binds};
    child_ = spawn(spec, Standard{in.read.get(), out.write.get(), err.write.get()});
    in_ = std::move(in.write);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    feed();
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() {
    if (!status_) {
      signal_group(*child_, SIGKILL);
      collect_within(*child_, std::chrono::seconds(10));
    }
  }

  Output finish() {
    // A grandchild may keep the pipes open: the end of the command itself is the end.
    while (!status_) turn();
    drain(out_, output_.out);
    drain(err_, output_.err);
    output_.status = WIFEXITED(*status_) ? WEXITSTATUS(*status_) : 128 + WTERMSIG(*status_);
    return std::move(output_);
  }

 private:
  void turn() {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now()).count();
    if (left <= 0)
      throw TimeoutError("'" + join(argv_, " ") + "' to end", options_.deadline, output_.err + output_.out);
    std::array<pollfd, 4> all{pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
                              pollfd{in_.get(), POLLOUT, 0}, pollfd{child_->pidfd.get(), POLLIN, 0}};
    if (::poll(all.data(), all.size(), static_cast<int>(std::min<std::int64_t>(left, 1'000'000))) < 0) return;
    if (all[0].revents != 0) drain(out_, output_.out);
    if (all[1].revents != 0) drain(err_, output_.err);
    if (all[2].revents != 0) feed();
    if (all[3].revents != 0) status_ = collect(*child_);
  }

  void feed() {
    if (!in_) return;
    const auto count = ::send(in_.get(), input_.data(), input_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    input_.erase(0, count < 0 ? input_.size() : static_cast<std::size_t>(count));
    if (input_.empty()) in_.reset();
  }

  static void drain(Fd& from, std::string& into) {
    if (!from) return;
    ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
    char buffer[65536];
    while (true) {
      const auto count = ::read(from.get(), buffer, sizeof buffer);
      if (count > 0) into.append(buffer, static_cast<std::size_t>(count));
      if (count == 0) from.reset();
      if (count <= 0) return;
    }
  }

  const std::vector<std::string>& argv_;
  const RunOptions& options_;
  std::chrono::nanoseconds deadline_;
  std::string input_;
  std::shared_ptr<Child> child_;
  Fd in_, out_, err_;
  std::optional<int> status_;
  Output output_;
};

std::vector<std::string> last_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  constexpr std::ptrdiff_t kLastLines = 20;
  if (std::ssize(lines) > kLastLines) lines.erase(lines.begin(), lines.end() - kLastLines);
  return lines;
}

}  // namespace

Output run(const std::vector<std::string>& argv, const RunOptions& options) {
  return Conversation(argv, options).finish();
}

std::string run_checked(const std::vector<std::string>& argv, const RunOptions& options) {
  auto output = run(argv, options);
  if (output.status != 0)
    throw ServiceError(argv, "exit status " + std::to_string(output.status), last_lines(output.err + output.out));
  return std::move(output.out);
}

}  // namespace xconn::sys
