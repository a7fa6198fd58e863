// SPDX-License-Identifier: Apache-2.0
// Addresses, prefixes and the small values of networking. All are immutable once parsed, ordered, hashable by their
// text, and cannot hold a wrong value: parse() is the only way in.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace xconn {

/// An IPv4 or IPv6 address.
class Address {
 public:
  static std::optional<Address> parse(std::string_view text);
  static Address v4(std::uint32_t host_order);

  bool is_v4() const { return v4_; }
  int family() const;  ///< AF_INET or AF_INET6
  int bits() const { return v4_ ? 32 : 128; }
  std::size_t size() const { return v4_ ? 4 : 16; }
  const std::uint8_t* bytes() const { return bytes_.data(); }  ///< network order, size() of them
  std::uint32_t v4_value() const;                              ///< host order; only for IPv4
  Address plus(std::uint32_t offset) const;                    ///< the address that many further on
  bool is_public() const;                                      ///< in none of not_public()
  std::string text() const;

  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};
};

/// A network: no host bits set.
class Prefix {
 public:
  /// nullopt when it is no prefix or has host bits. A bare address is a /32 or /128.
  static std::optional<Prefix> parse(std::string_view text);
  /// The network that holds `address`.
  static Prefix of(const Address& address, int length);

  const Address& network() const { return network_; }
  int length() const { return length_; }
  bool is_v4() const { return network_.is_v4(); }
  bool is_default() const { return length_ == 0; }
  bool contains(const Address& address) const;
  bool contains(const Prefix& other) const;
  bool overlaps(const Prefix& other) const;
  Address host(std::uint32_t index) const { return network_.plus(index); }
  Address last() const;
  bool is_public() const;  ///< has nothing of not_public(), and is not all there is
  std::string text() const;

  friend auto operator<=>(const Prefix&, const Prefix&) = default;

 private:
  Address network_;
  int length_ = 0;
};

/// Networks that the Internet does not carry (IANA's special-purpose address registries). Of those for documentation
/// only IPv6's is among them: a lab that is not on the Internet uses IPv4's as its public ones.
std::span<const Prefix> not_public();

/// An address on an interface, with the length of its network: "10.0.0.1/24".
class InterfaceAddress {
 public:
  /// nullopt unless it is ADDRESS/LENGTH.
  static std::optional<InterfaceAddress> parse(std::string_view text);
  InterfaceAddress() = default;
  InterfaceAddress(const Address& address, int length) : address_(address), length_(length) {}

  const Address& address() const { return address_; }
  int length() const { return length_; }
  Prefix network() const { return Prefix::of(address_, length_); }
  std::string text() const { return address_.text() + "/" + std::to_string(length_); }

  friend auto operator<=>(const InterfaceAddress&, const InterfaceAddress&) = default;

 private:
  Address address_;
  int length_ = 0;
};

/// An Ethernet address.
class Mac {
 public:
  static std::optional<Mac> parse(std::string_view text);  ///< "02:00:00:00:00:01"
  /// A stable, locally administered unicast address made from a name, so that captures of two runs compare.
  static Mac from_name(std::string_view name);

  const std::array<std::uint8_t, 6>& bytes() const { return bytes_; }
  std::string text() const;
  std::string cisco_text() const;  ///< "0200.0000.0001"

  friend auto operator<=>(const Mac&, const Mac&) = default;

 private:
  std::array<std::uint8_t, 6> bytes_{};
};

/// An autonomous system number, 1 to 4294967294.
class Asn {
 public:
  static std::optional<Asn> parse(std::string_view text);
  static constexpr std::optional<Asn> of(std::uint64_t value) {
    if (value == 0 || value >= 0xffffffffULL) return std::nullopt;
    return Asn{static_cast<std::uint32_t>(value)};
  }
  constexpr std::uint32_t value() const { return value_; }
  std::string text() const { return std::to_string(value_); }

  friend auto operator<=>(const Asn&, const Asn&) = default;

 private:
  explicit constexpr Asn(std::uint32_t value) : value_(value) {}
  std::uint32_t value_;
};

/// A Linux interface name: 1 to 15 bytes, no '/', no white space, not "." or "..".
bool is_interface_name(std::string_view text);

/// A name of a lab, node, circuit ...: letters, digits, '-', '_', starting with a letter or digit, at most 63.
bool is_object_name(std::string_view text);

}  // namespace xconn
