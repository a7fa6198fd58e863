// SPDX-License-Identifier: Apache-2.0
#include "base/address.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace xconn {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end || text.empty()) return std::nullopt;
  return number;
}

struct Slashed {
  Address address;
  int length;
};

std::optional<Slashed> parse_slashed(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = Address::parse(text.substr(0, slash));
  const auto length = parse_number(text.substr(slash + 1));
  if (!address || !length || *length > static_cast<std::uint64_t>(address->bits())) return std::nullopt;
  return Slashed{*address, static_cast<int>(*length)};
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated(text);
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  Address address;
  address.v4_ = text.find(':') == std::string_view::npos;
  if (inet_pton(address.family(), terminated.c_str(), address.bytes_.data()) != 1) return std::nullopt;
  return address;
}

Address Address::v4(std::uint32_t host_order) {
  Address address;
  for (int i = 0; i < 4; ++i)
    address.bytes_[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

int Address::family() const { return v4_ ? AF_INET : AF_INET6; }

std::uint32_t Address::v4_value() const {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes_[i];
  return value;
}

Address Address::plus(std::uint32_t offset) const {
  auto out = *this;
  std::uint64_t carry = offset;
  for (auto i = size(); i-- > 0 && carry != 0; carry >>= 8) {
    carry += out.bytes_[i];
    out.bytes_[i] = static_cast<std::uint8_t>(carry);
  }
  return out;
}

bool Address::is_public() const {
  return std::ranges::none_of(not_public(), [&](const Prefix& network) { return network.contains(*this); });
}

std::string Address::text() const {
  char buffer[INET6_ADDRSTRLEN];
  return inet_ntop(family(), bytes_.data(), buffer, sizeof buffer);
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  if (const auto address = Address::parse(text)) return of(*address, address->bits());
  const auto parts = parse_slashed(text);
  if (!parts) return std::nullopt;
  auto prefix = of(parts->address, parts->length);
  if (prefix.network_ != parts->address) return std::nullopt;
  return prefix;
}

/// Asked for every route of every table, so IPv4 does without text.
Prefix Prefix::of(const Address& address, int length) {
  if (address.is_v4()) {
    Prefix prefix;
    prefix.network_ = Address::v4(length <= 0 ? 0 : address.v4_value() & (~0U << (32 - std::min(length, 32))));
    prefix.length_ = length;
    return prefix;
  }
  auto bytes = std::array<std::uint8_t, 16>{};
  std::memcpy(bytes.data(), address.bytes(), address.size());
  for (int bit = length; bit < address.bits(); ++bit)
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
  char buffer[INET6_ADDRSTRLEN];
  Prefix prefix;
  prefix.network_ = *Address::parse(inet_ntop(address.family(), bytes.data(), buffer, sizeof buffer));
  prefix.length_ = length;
  return prefix;
}

bool Prefix::contains(const Address& address) const {
  return address.is_v4() == is_v4() && of(address, length_).network_ == network_;
}

bool Prefix::contains(const Prefix& other) const { return other.length_ >= length_ && contains(other.network_); }

bool Prefix::overlaps(const Prefix& other) const { return contains(other) || other.contains(*this); }

Address Prefix::last() const {
  const auto free_bits = network_.bits() - length_;
  return free_bits >= 32 ? network_.plus(0xffffffffU) : network_.plus((1U << free_bits) - 1);
}

bool Prefix::is_public() const {
  return !is_default() &&
         std::ranges::none_of(not_public(), [&](const Prefix& network) { return network.overlaps(*this); });
}

std::span<const Prefix> not_public() {
  static const std::array<Prefix, 14> kNetworks{
      *Prefix::parse("0.0.0.0/8"),      *Prefix::parse("10.0.0.0/8"),     *Prefix::parse("100.64.0.0/10"),
      *Prefix::parse("127.0.0.0/8"),    *Prefix::parse("169.254.0.0/16"), *Prefix::parse("172.16.0.0/12"),
      *Prefix::parse("192.168.0.0/16"), *Prefix::parse("224.0.0.0/4"),    *Prefix::parse("240.0.0.0/4"),
      *Prefix::parse("::/8"),           *Prefix::parse("2001:db8::/32"),  *Prefix::parse("fc00::/7"),
      *Prefix::parse("fe80::/10"),      *Prefix::parse("ff00::/8")};
  return kNetworks;
}

std::string Prefix::text() const { return network_.text() + "/" + std::to_string(length_); }

std::optional<InterfaceAddress> InterfaceAddress::parse(std::string_view text) {
  const auto parts = parse_slashed(text);
  if (!parts) return std::nullopt;
  return InterfaceAddress{parts->address, parts->length};
}

std::optional<Mac> Mac::parse(std::string_view text) {
  Mac mac;
  unsigned byte[6];
  int used = 0;
  const std::string terminated(text);
  if (std::sscanf(terminated.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x%n", byte, byte + 1, byte + 2, byte + 3, byte + 4,
                  byte + 5, &used) != 6 ||
      used != 17 || terminated.size() != 17)
    return std::nullopt;
  for (std::size_t i = 0; i < 6; ++i) mac.bytes_[i] = static_cast<std::uint8_t>(byte[i]);
  return mac;
}

Mac Mac::from_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  Mac mac;
  for (std::size_t i = 0; i < 6; ++i) mac.bytes_[i] = static_cast<std::uint8_t>(hash >> (8 * i));
  mac.bytes_[0] = 0x02;
  return mac;
}

std::string Mac::text() const {
  char out[18];
  std::snprintf(out, sizeof out, "%02x:%02x:%02x:%02x:%02x:%02x", bytes_[0], bytes_[1], bytes_[2], bytes_[3], bytes_[4],
                bytes_[5]);
  return out;
}

std::string Mac::cisco_text() const {
  char out[15];
  std::snprintf(out, sizeof out, "%02x%02x.%02x%02x.%02x%02x", bytes_[0], bytes_[1], bytes_[2], bytes_[3], bytes_[4],
                bytes_[5]);
  return out;
}

std::optional<Asn> Asn::parse(std::string_view text) {
  const auto number = parse_number(text);
  return number ? of(*number) : std::nullopt;
}

bool is_interface_name(std::string_view text) {
  if (text.empty() || text.size() > 15 || text == "." || text == "..") return false;
  for (const char c : text)
    if (c == '/' || c == ':' || static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f)
      return false;
  return true;
}

bool is_object_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.front() == '_') return false;
  for (const char c : text)
    if (!is_name_character(c)) return false;
  return true;
}

}  // namespace xconn
