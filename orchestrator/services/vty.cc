// SPDX-License-Identifier: Apache-2.0
#include "services/vty.hh"

#include <utility>

#include "base/errors.hh"
#include "services/stream.hh"
#include "sys/loop.hh"

namespace xconn::services {
namespace {

constexpr std::size_t kTrailer = 4;

using Replies = std::vector<VtyReply>;

std::exception_ptr failure(const std::string& words) { return std::make_exception_ptr(Error(words)); }

/// Some commands, sent at once, and their replies.
class Request {
 public:
  using Done = std::function<void(sys::Outcome<Replies>)>;

  static std::shared_ptr<void> begin(sys::Loop& loop, const std::string& socket,
                                     const std::vector<std::string>& commands, Duration patience, Done done) {
    auto request = std::make_shared<Request>(loop, socket, commands.size(), patience, std::move(done));
    request->stream_ = Stream::connect(
        loop, socket, [raw = request.get()](Inbox& inbox) { raw->received(inbox); },
        [raw = request.get()] { raw->end(failure(raw->socket_ + " was closed before an answer came")); });
    if (!request->stream_) return nullptr;
    std::string bytes;
    for (const auto& command : commands) bytes.append(command).push_back('\0');
    request->be_patient();
    request->stream_->send(bytes);
    return request;
  }

  Request(sys::Loop& loop, std::string socket, std::size_t wanted, Duration patience, Done done)
      : loop_(loop), socket_(std::move(socket)), wanted_(wanted), patience_(patience), done_(std::move(done)) {}

 private:
  void received(Inbox& inbox) {
    while (auto reply = take_vty_reply(inbox)) replies_.push_back(std::move(*reply));
    if (replies_.size() >= wanted_) return end(std::move(replies_));
    be_patient();
  }

  /// With each sign of life anew: a long list of commands may take as long as it takes.
  void be_patient() {
    if (patience_ == kNoBound) return;
    timer_ = sys::Timer::once(loop_, patience_, [this] {
      end(std::make_exception_ptr(
          TimeoutError("an answer of " + socket_, patience_, "the daemon accepts connections and does not answer")));
    });
  }

  /// The last that it does: it may not be there any more.
  void end(sys::Outcome<Replies> outcome) {
    if (const auto done = std::exchange(done_, {})) done(std::move(outcome));
  }

  sys::Loop& loop_;
  std::string socket_;
  std::size_t wanted_;
  Duration patience_;
  Done done_;
  Replies replies_;
  sys::Timer timer_;
  std::unique_ptr<Stream> stream_;
};

sys::Outcome<std::string> answer_of(const std::string& command, sys::Outcome<Replies>& replies) {
  if (replies.failure()) return replies.failure();
  auto& last = replies.get().back();
  if (last.status != 0) return failure("'" + command + "' was refused: " + last.text);
  return std::move(last.text);
}

std::string without_secret(const std::string& command) {
  constexpr std::string_view kPassword = " password ";
  const auto at = command.find(kPassword);
  return at == std::string::npos ? command : command.substr(0, at + kPassword.size()) + "(secret)";
}

sys::Outcome<std::string> refusals_of(const std::vector<std::string>& commands, sys::Outcome<Replies>& replies) {
  if (replies.failure()) return replies.failure();
  std::string refused;
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (const auto& reply = replies.get()[i]; reply.status != 0)
      refused += (refused.empty() ? "'" : "; '") + without_secret(commands[i]) + "': " + reply.text;
  return refused;
}

}  // namespace

std::string vty_socket(std::string_view node, std::string_view daemon) {
  return "/run/frr/" + std::string(node) + "/" + std::string(daemon) + ".vty";
}

std::optional<VtyReply> take_vty_reply(Inbox& inbox) {
  const auto end = inbox.find('\0');
  if (!end || inbox.size() < *end + kTrailer) return std::nullopt;
  VtyReply reply{inbox.take(*end), static_cast<unsigned char>(inbox.rest()[kTrailer - 1])};
  inbox.drop(kTrailer);
  return reply;
}

/// bfdd has its show commands in enable mode only.
std::shared_ptr<void> vty_ask(sys::Loop& loop, const std::string& socket, const std::string& command, Duration patience,
                              VtyAnswered done) {
  return Request::begin(
      loop, socket, {"enable", command}, patience,
      [command, done = std::move(done)](sys::Outcome<Replies> replies) { done(answer_of(command, replies)); });
}

std::shared_ptr<void> vty_configure(sys::Loop& loop, const std::string& socket,
                                    const std::vector<std::string>& commands, Duration patience, VtyAnswered done) {
  std::vector<std::string> all{"enable", "configure terminal"};
  all.insert(all.end(), commands.begin(), commands.end());
  all.emplace_back("end");
  return Request::begin(loop, socket, all, patience, [all, done = std::move(done)](sys::Outcome<Replies> replies) {
    done(refusals_of(all, replies));
  });
}

}  // namespace xconn::services
