#include <deque>

#include "base/errors.hh"
#include "services/stream.hh"
#include "services/vici.hh"

namespace xconn::services {
namespace {

using vici::Kind;
using vici::Packet;

/// Everything of one command, in order: the conversation is lock-step, so it can be sent at once.
std::string conversation(const std::string& command, const nlohmann::json& message, const std::string& stream) {
  std::string bytes;
  if (!stream.empty()) bytes += vici::encode({Kind::kRegister, stream, nlohmann::json::object()});
  return bytes + vici::encode({Kind::kRequest, command, message.is_null() ? nlohmann::json::object() : message});
}

/// True once the response is there; what came so far is in `reply`.
bool read_reply(const std::string& received, const std::string& command, ViciReply& reply) {
  reply = {};
  auto buffer = received;
  while (auto packet = vici::take(buffer)) {
    if (packet->kind == Kind::kUnknownCommand) throw Error("charon knows no command '" + command + "'");
    if (packet->kind == Kind::kEvent) reply.streamed.push_back(std::move(packet->message));
    if (packet->kind != Kind::kResponse) continue;
    reply.response = std::move(packet->message);
    return true;
  }
  return false;
}

}  // namespace

ViciReply vici_call(const std::string& socket, const std::string& command, const nlohmann::json& message,
                    const std::string& stream, Duration bound) {
  ViciReply reply;
  exchange(socket, conversation(command, message, stream), bound, "charon's answer to '" + command + "'",
           [&](const std::string& received) { return read_reply(received, command, reply); });
  if (reply.response.value("success", "yes") != "yes")
    throw Error("charon refused '" + command + "': " + reply.response.value("errmsg", "it gave no reason"));
  return reply;
}

struct ViciClient::State {
  struct Call {
    std::string bytes, stream;
    OnReply on_reply;
    ViciReply reply;
  };

  OnEvent on_event;
  std::deque<Call> calls;  // the front one is under way
  std::unique_ptr<Stream> stream;

  void received(std::string& buffer) {
    while (auto packet = vici::take(buffer)) handle(*packet);
  }

  void handle(Packet& packet) {
    if (packet.kind == Kind::kEvent) {
      if (!calls.empty() && calls.front().stream == packet.name)
        calls.front().reply.streamed.push_back(std::move(packet.message));
      else
        on_event(packet.name, packet.message);
    } else if ((packet.kind == Kind::kResponse || packet.kind == Kind::kUnknownCommand) && !calls.empty()) {
      const auto done = std::move(calls.front());
      calls.pop_front();
      if (!calls.empty()) stream->send(calls.front().bytes);
      auto reply = done.reply;
      reply.response = std::move(packet.message);
      if (done.on_reply) done.on_reply(reply);
    }
  }
};

ViciClient::ViciClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
ViciClient::~ViciClient() = default;

std::unique_ptr<ViciClient> ViciClient::connect(sys::Loop& loop, const std::string& socket,
                                                const std::vector<std::string>& events, OnEvent on_event) {
  auto state = std::make_unique<State>();
  state->on_event = std::move(on_event);
  state->stream = Stream::connect(loop, socket, [raw = state.get()](std::string& buffer) { raw->received(buffer); });
  if (!state->stream) return nullptr;
  for (const auto& event : events)
    state->stream->send(vici::encode({Kind::kRegister, event, nlohmann::json::object()}));
  return std::unique_ptr<ViciClient>(new ViciClient(std::move(state)));
}

void ViciClient::call(const std::string& command, const nlohmann::json& message, const std::string& stream,
                      OnReply on_reply) {
  state_->calls.push_back({conversation(command, message, {}), stream, std::move(on_reply), {}});
  if (state_->calls.size() == 1) state_->stream->send(state_->calls.front().bytes);
}

}  // namespace xconn::services
