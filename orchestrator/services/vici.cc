// SPDX-License-Identifier: Apache-2.0
#include "services/vici.hh"

#include "base/errors.hh"

namespace xconn::services::vici {
namespace {

enum class Element : std::uint8_t { kSectionStart = 1, kSectionEnd, kKeyValue, kListStart, kListItem, kListEnd };

constexpr std::size_t kLongest = 512 * 1024;  // the protocol's own limit
constexpr int kDeepest = 32;

bool has_name(Kind kind) {
  return kind == Kind::kRequest || kind == Kind::kRegister || kind == Kind::kUnregister || kind == Kind::kEvent;
}

/// Big-endian, `bytes` wide.
void put_number(std::string& out, std::size_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

void put_name(std::string& out, const std::string& name) {
  if (name.size() > 0xff) throw Error("a vici name is at most 255 bytes: " + name);
  put_number(out, name.size(), 1);
  out += name;
}

void put_value(std::string& out, const nlohmann::json& value) {
  const auto text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.size() > 0xffff) throw Error("a vici value is at most 65535 bytes");
  put_number(out, text.size(), 2);
  out += text;
}

void put_element(std::string& out, Element element) { out += static_cast<char>(element); }

void put_section(std::string& out, const nlohmann::json& section) {
  for (const auto& [name, value] : section.items()) {
    put_element(out, value.is_object()  ? Element::kSectionStart
                     : value.is_array() ? Element::kListStart
                                        : Element::kKeyValue);
    put_name(out, name);
    if (value.is_object()) {
      put_section(out, value);
      put_element(out, Element::kSectionEnd);
    } else if (value.is_array()) {
      for (const auto& item : value) {
        put_element(out, Element::kListItem);
        put_value(out, item);
      }
      put_element(out, Element::kListEnd);
    } else {
      put_value(out, value);
    }
  }
}

/// Reads from bytes that came from outside: every length is checked.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }
  std::size_t number(int width) {
    std::size_t value = 0;
    for (const char byte : take(static_cast<std::size_t>(width))) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  }
  std::string name() { return std::string(take(number(1))); }
  std::string value() { return std::string(take(number(2))); }
  Element element() { return static_cast<Element>(number(1)); }

  nlohmann::json section(int depth) {
    if (depth > kDeepest) throw Error("a vici message is nested too deep");
    auto section = nlohmann::json::object();
    while (!at_end()) {
      const auto next = element();
      if (next == Element::kSectionEnd && depth > 0) return section;
      auto key = name_of(next);
      section[key] = next == Element::kSectionStart ? this->section(depth + 1)
                     : next == Element::kListStart  ? list()
                                                    : nlohmann::json(value());
    }
    if (depth > 0) throw Error("a vici section has no end");
    return section;
  }

 private:
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) throw Error("a vici message ends too early");
    const auto taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string name_of(Element element) {
    if (element == Element::kSectionStart || element == Element::kListStart || element == Element::kKeyValue)
      return name();
    throw Error("a vici message has an element of type " + std::to_string(static_cast<int>(element)) + " out of place");
  }

  nlohmann::json list() {
    auto list = nlohmann::json::array();
    for (auto next = element(); next != Element::kListEnd; next = element()) {
      if (next != Element::kListItem) throw Error("a vici list holds something that is no item");
      list.push_back(value());
    }
    return list;
  }

  std::string_view bytes_;
};

}  // namespace

std::string encode(const Packet& packet) {
  std::string body(1, static_cast<char>(packet.kind));
  if (has_name(packet.kind)) put_name(body, packet.name);
  put_section(body, packet.message);
  std::string bytes;
  put_number(bytes, body.size(), 4);
  return bytes + body;
}

std::optional<Packet> take(Inbox& inbox) {
  if (inbox.size() < 4) return std::nullopt;
  const auto length = Reader(inbox.rest()).number(4);
  if (length == 0 || length > kLongest) throw Error("a vici packet of " + std::to_string(length) + " bytes");
  if (inbox.size() < 4 + length) return std::nullopt;
  inbox.drop(4);
  const auto bytes = inbox.take(length);
  Reader reader(bytes);
  Packet packet;
  const auto kind = reader.number(1);
  if (kind > static_cast<std::size_t>(Kind::kEvent)) throw Error("a vici packet of type " + std::to_string(kind));
  packet.kind = static_cast<Kind>(kind);
  if (has_name(packet.kind)) packet.name = reader.name();
  packet.message = reader.section(0);
  return packet;
}

}  // namespace xconn::services::vici
