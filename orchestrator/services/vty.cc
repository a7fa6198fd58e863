#include "services/vty.hh"

#include <algorithm>
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

/// So many commands fit into a socket's buffer at once.
constexpr std::size_t kCommandsAtOnce = 1000;

std::size_t replies_in(const std::string& received) {
  std::size_t count = 0;
  for (auto end = received.find('\0'); end != std::string::npos && received.size() >= end + kTrailer;
       end = received.find('\0', end + kTrailer))
    ++count;
  return count;
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

void vty_configure(const std::string& socket, const std::vector<std::string>& section,
                   const std::vector<std::string>& lines, Duration bound) {
  std::vector<std::string> entering{"enable", "configure terminal"};
  entering.insert(entering.end(), section.begin(), section.end());
  for (std::size_t from = 0; from < lines.size(); from += kCommandsAtOnce) {
    const auto to = std::min(lines.size(), from + kCommandsAtOnce);
    std::string bytes;
    for (const auto& command : entering) bytes += command + '\0';
    for (std::size_t i = from; i < to; ++i) bytes += lines[i] + '\0';
    const std::size_t wanted = entering.size() + to - from;
    exchange(socket, bytes, bound, "configuration of " + socket,
             [wanted](const std::string& received) { return replies_in(received) >= wanted; });
  }
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
