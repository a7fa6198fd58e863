// SPDX-License-Identifier: Apache-2.0
// charon's control interface: strongSwan's Versatile IKE Control Interface, as its src/libcharon/plugins/vici/README.md
// describes it. Packets are length-prefixed (32 bit, network order); a message is a tree of sections, lists and values,
// here a JSON object of objects, arrays of strings, and strings.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/inbox.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

namespace vici {

enum class Kind : std::uint8_t {
  kRequest = 0,
  kResponse = 1,
  kUnknownCommand = 2,
  kRegister = 3,
  kUnregister = 4,
  kConfirm = 5,
  kUnknownEvent = 6,
  kEvent = 7,
};

struct Packet {
  Kind kind = Kind::kRequest;
  std::string name;  ///< of requests, registrations and events
  nlohmann::json message = nlohmann::json::object();
};

/// The packet with its length in front. Throws Error on a message that the protocol cannot carry.
std::string encode(const Packet& packet);

/// Takes one packet off the front; nullopt when it is not complete. Throws Error on malformed bytes.
std::optional<Packet> take(Inbox& inbox);

}  // namespace vici

/// What a command gave: the events streamed before its response, and the response.
struct ViciReply {
  std::vector<nlohmann::json> streamed;
  nlohmann::json response;
};

/// A connection on the loop: events, and commands one after the other. A command that charon does not know has the
/// response {"success": "no", "errmsg": ...}, as one that it refuses.
class ViciClient {
 public:
  using OnEvent = std::function<void(const std::string& event, const nlohmann::json& message)>;
  using OnReply = std::function<void(const ViciReply& reply)>;

  /// Registers for `events` (those that a command streams must be among them). nullptr when nobody listens.
  static std::unique_ptr<ViciClient> connect(sys::Loop& loop, const std::string& socket,
                                             const std::vector<std::string>& events, OnEvent on_event);
  ~ViciClient();
  void call(const std::string& command, const nlohmann::json& message, const std::string& stream, OnReply on_reply);

 private:
  struct State;
  explicit ViciClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace xconn::services
