#include "services/vty.hh"

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "services/stream.hh"

namespace xconn::services {
namespace {

constexpr std::size_t kTrailer = 4;

/// bfdd has its show commands in enable mode only.
std::string request_for(const std::string& command) {
  std::string bytes("enable");
  bytes += '\0';
  bytes += command;
  bytes += '\0';
  return bytes;
}

bool has_two_replies(const std::string& received) {
  const auto first = received.find('\0');
  return first != std::string::npos && received.size() >= first + kTrailer &&
         received.find('\0', first + kTrailer) != std::string::npos &&
         received.size() >= received.find('\0', first + kTrailer) + kTrailer;
}

}  // namespace

std::string vty_socket(std::string_view node, std::string_view daemon) {
  return "/run/frr/" + std::string(node) + "/" + std::string(daemon) + ".vty";
}

std::optional<VtyReply> take_vty_reply(std::string& buffer) {
  const auto end = buffer.find('\0');
  if (end == std::string::npos || buffer.size() < end + kTrailer) return std::nullopt;
  VtyReply reply{buffer.substr(0, end), static_cast<unsigned char>(buffer[end + kTrailer - 1])};
  buffer.erase(0, end + kTrailer);
  return reply;
}

std::string vty_ask(const std::string& socket, const std::string& command, Duration bound) {
  auto received = exchange(socket, request_for(command), bound, "'" + command + "' of " + socket, has_two_replies);
  take_vty_reply(received);
  auto reply = take_vty_reply(received);
  if (reply->status != 0) throw Error("'" + command + "' was refused: " + reply->text);
  return std::move(reply->text);
}

nlohmann::json vty_ask_json(const std::string& socket, const std::string& command, Duration bound) {
  return nlohmann::json::parse(vty_ask(socket, command, bound));
}

std::unique_ptr<Stream> vty_ask(sys::Loop& loop, const std::string& socket, const std::string& command,
                                std::function<void(VtyReply)> replied) {
  auto stream = Stream::connect(loop, socket, [replied = std::move(replied)](std::string& buffer) {
    if (!has_two_replies(buffer)) return;
    take_vty_reply(buffer);
    auto reply = take_vty_reply(buffer);
    const auto callback = replied;  // it may destroy the stream, and this closure with it
    callback(std::move(*reply));
  });
  if (stream) stream->send(request_for(command));
  return stream;
}

}  // namespace xconn::services
