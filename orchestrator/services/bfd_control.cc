#include "services/bfd_control.hh"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/errors.hh"

namespace xconn::services {
namespace {

constexpr std::uint8_t kVersion = 1, kNotify = 4;
constexpr std::uint64_t kPeerState = 1;
constexpr std::uint32_t kLongest = 1U << 20;

struct Header {
  std::uint32_t length;
  std::uint16_t id;
  std::uint8_t type, version;
};
static_assert(sizeof(Header) == 8);

std::optional<BfdNotice> notice_of(const nlohmann::json& message) {
  if (message.value("op", "") != "status") return std::nullopt;
  BfdNotice notice{message.value("peer-address", ""), message.value("state", ""), message.value("diagnostics", 0)};
  if (notice.diagnostic == 0) notice.diagnostic = message.value("remote-diagnostics", 0);
  return notice;
}

}  // namespace

std::string bfd_subscription() {
  const Header header{htonl(sizeof kPeerState), htons(1), kNotify, kVersion};
  std::string bytes(sizeof header + sizeof kPeerState, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &kPeerState, sizeof kPeerState);
  return bytes;
}

std::optional<BfdNotice> take_bfd_notice(std::string& buffer) {
  Header header{};
  while (buffer.size() >= sizeof header) {
    std::memcpy(&header, buffer.data(), sizeof header);
    const auto length = ntohl(header.length);
    if (header.version != kVersion || length > kLongest) throw Error("bfdd's control socket speaks another protocol");
    if (buffer.size() < sizeof header + length) return std::nullopt;
    const auto text = buffer.substr(sizeof header, length);
    buffer.erase(0, sizeof header + length);
    if (header.type != kNotify) continue;
    const auto message = nlohmann::json::parse(text, nullptr, false);
    if (message.is_discarded() || !message.is_object()) throw Error("bfdd's control socket sent no JSON: " + text);
    if (auto notice = notice_of(message)) return notice;
  }
  return std::nullopt;
}

std::string bfd_diagnostic_text(int code) {
  static constexpr std::array kTexts{"",
                                     "control detection time expired",
                                     "echo function failed",
                                     "neighbor signaled session down",
                                     "forwarding plane reset",
                                     "path down",
                                     "concatenated path down",
                                     "administratively down",
                                     "reverse concatenated path down"};
  return code >= 0 && static_cast<std::size_t>(code) < kTexts.size() ? kTexts[static_cast<std::size_t>(code)] : "";
}

}  // namespace xconn::services
