// SPDX-License-Identifier: Apache-2.0
#include "world/client.hh"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/lines.hh"
#include "sys/unix_socket.hh"
#include "world/error_wire.hh"
#include "world/holder.hh"
#include "world/run_folder.hh"

namespace xconn::world {
namespace {

using nlohmann::json;

sys::Fd connect_to(const std::string& lab) {
  auto socket = sys::try_connect((RunFolder::path_of(lab) / "agent.sock").string());
  if (socket) return socket;
  if (errno == EACCES) throw HostError("lab " + lab + " belongs to root", "run it as root: sudo xconn ...");
  if (errno == EAGAIN) throw Error("the agent of lab " + lab + " accepts no more clients: thousands are waiting");
  throw NotFoundError("lab " + lab + " is not up");
}

/// Waits until the agent reads or writes, for at most `bound` (none: for as long as it takes). An agent that is stopped
/// is found out earlier.
class Patience {
 public:
  Patience(const std::string& lab, const std::string& verb, std::optional<Duration> bound, const sys::Signals* signals)
      : lab_(lab), verb_(verb), bound_(bound), signals_(signals) {}

  void await(const sys::Fd& fd, short event) {
    const auto begin = sys::now();
    wakefulness_.heard();
    pollfd awaited[2]{{fd.get(), event, 0}, {signals_ == nullptr ? -1 : signals_->fd(), POLLIN, 0}};
    for (;;) {
      const bool answered = ::poll(awaited, 2, kLook / std::chrono::milliseconds{1}) > 0;
      if (signals_ != nullptr) signals_->demand_none("the lab's agent undoes what was begun");
      if (answered) return;
      look_at_agent(sys::now() - begin);
    }
  }

 private:
  static constexpr Duration kLook = std::chrono::seconds{1};

  /// The agent's end is the socket's; it is not looked for.
  void look_at_agent(Duration waited) {
    if (!agent_) agent_ = find_agent(lab_);
    if (!agent_) return;
    wakefulness_.demand(agent_->pid);
    if (bound_ && waited >= *bound_)
      throw TimeoutError("the agent of lab " + lab_ + " to answer '" + verb_ + "'", *bound_,
                         "pid " + std::to_string(agent_->pid) + " runs and does not answer");
  }

  const std::string& lab_;
  const std::string& verb_;
  std::optional<Duration> bound_;
  const sys::Signals* signals_;
  std::optional<Holder> agent_;
  Wakefulness wakefulness_{lab_};
};

void send_all(const sys::Fd& fd, const std::string& text, Patience& patience) {
  for (std::size_t sent = 0; sent < text.size();) {
    const auto count = ::send(fd.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN)
      patience.await(fd, POLLOUT);
    else if (count < 0 && errno != EINTR)
      throw KernelError("send", "agent", "", errno);
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
}

/// Reads lines until `line` returns false. False when the end came first.
bool for_each_line(const sys::Fd& fd, Patience& patience, const std::function<bool(const std::string&)>& line) {
  sys::Lines lines;
  char buffer[65536];
  for (;;) {
    patience.await(fd, POLLIN);
    const auto count = ::read(fd.get(), buffer, sizeof buffer);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return false;
    lines.add({buffer, static_cast<std::size_t>(count)});
    while (const auto one = lines.next())
      if (!line(*one)) return true;
  }
}

}  // namespace

Client::Client(std::string lab) : lab_(std::move(lab)) { (void)connect_to(lab_); }

json Client::call(const std::string& verb, json parameters, const Progress& progress, std::optional<Duration> bound,
                  const sys::Signals* signals) {
  const auto socket = connect_to(lab_);
  Patience patience(lab_, verb, bound, signals);
  parameters["verb"] = verb;
  send_all(socket, parameters.dump(-1, ' ', false, json::error_handler_t::replace) + "\n", patience);
  json answer;
  const bool whole = for_each_line(socket, patience, [&](const std::string& line) {
    auto message = json::parse(line);
    if (!message.contains("progress")) {
      answer = std::move(message);
      return false;
    }
    if (progress) progress(message["progress"]);
    return true;
  });
  if (!whole) throw Error("lab " + lab_ + " went down while it was asked to " + verb);
  if (answer.contains("error")) throw_error(answer["error"]);
  return answer["result"];
}

}  // namespace xconn::world
