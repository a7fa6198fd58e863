// SPDX-License-Identifier: Apache-2.0
#include <deque>

#include "base/errors.hh"
#include "services/stream.hh"
#include "services/vici.hh"

namespace xconn::services {
namespace {

using vici::Kind;
using vici::Packet;

const nlohmann::json kUnknown{{"success", "no"}, {"errmsg", "charon does not know this command"}};

std::string request(const std::string& command, const nlohmann::json& message) {
  return vici::encode({Kind::kRequest, command, message.is_null() ? nlohmann::json::object() : message});
}

}  // namespace

struct ViciClient::State {
  struct Call {
    std::string bytes, stream;
    OnReply on_reply;
    ViciReply reply;
  };

  OnEvent on_event;
  std::deque<Call> calls;  // the front one is under way
  std::unique_ptr<Stream> stream;

  void received(Inbox& inbox) {
    while (auto packet = vici::take(inbox)) handle(*packet);
  }

  void handle(Packet& packet) {
    if (packet.kind == Kind::kEvent) {
      if (!calls.empty() && calls.front().stream == packet.name)
        calls.front().reply.streamed.push_back(std::move(packet.message));
      else
        on_event(packet.name, packet.message);
    } else if ((packet.kind == Kind::kResponse || packet.kind == Kind::kUnknownCommand) && !calls.empty()) {
      auto done = std::move(calls.front());
      calls.pop_front();
      if (!calls.empty()) stream->send(calls.front().bytes);
      auto& reply = done.reply;
      reply.response = packet.kind == Kind::kUnknownCommand ? kUnknown : std::move(packet.message);
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
  state->stream = Stream::connect(loop, socket, [raw = state.get()](Inbox& inbox) { raw->received(inbox); });
  if (!state->stream) return nullptr;
  for (const auto& event : events)
    state->stream->send(vici::encode({Kind::kRegister, event, nlohmann::json::object()}));
  return std::unique_ptr<ViciClient>(new ViciClient(std::move(state)));
}

void ViciClient::call(const std::string& command, const nlohmann::json& message, const std::string& stream,
                      OnReply on_reply) {
  state_->calls.push_back({request(command, message), stream, std::move(on_reply), {}});
  if (state_->calls.size() == 1) state_->stream->send(state_->calls.front().bytes);
}

}  // namespace xconn::services
