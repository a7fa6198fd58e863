#include "services/frr_reload.hh"

#include "services/stream.hh"
#include "services/vty.hh"

namespace xconn::services {

std::unique_ptr<VtySession> VtySession::begin(sys::Loop& loop, const std::string& socket,
                                              const std::vector<std::string>& commands, Done done) {
  std::vector<std::string> all{"enable", "configure"};
  all.insert(all.end(), commands.begin(), commands.end());
  all.emplace_back("end");
  std::unique_ptr<VtySession> session(new VtySession(std::move(all), std::move(done)));
  session->stream_ =
      Stream::connect(loop, socket, [self = session.get()](std::string& buffer) { self->received(buffer); });
  if (!session->stream_) return nullptr;
  session->send_next();
  return session;
}

VtySession::~VtySession() = default;

void VtySession::send_next() { stream_->send(commands_[next_++] + '\0'); }

void VtySession::received(std::string& buffer) {
  const auto reply = take_vty_reply(buffer);
  if (!reply) return;
  if (reply->status != 0)
    refused_ += (refused_.empty() ? "" : "; ") + ("'" + commands_[next_ - 1] + "': " + reply->text);
  if (next_ < commands_.size()) return send_next();
  const auto done = done_;  // it may destroy this object
  const auto refused = refused_;
  done(refused);
}

}  // namespace xconn::services
