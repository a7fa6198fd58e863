// SPDX-License-Identifier: Apache-2.0
#include "base/guid.hh"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>

namespace xconn {
namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t start) {
  for (const char c : text) start = (start ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;  // FNV-1a
  start = (start ^ (start >> 30)) * 0xbf58476d1ce4e5b9ULL;  // spreads the last bytes, which FNV leaves in the low bits
  start = (start ^ (start >> 27)) * 0x94d049bb133111ebULL;
  return start ^ (start >> 31);
}

}  // namespace

bool is_guid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), [](char c, char form) {
    return form == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
}

std::string guid_from_name(std::string_view name) {
  const auto high = hash_of(name, 0xcbf29ce484222325ULL), low = hash_of(name, 0x84222325cbf29ce4ULL);
  char out[37];
  std::snprintf(out, sizeof out, "%08x-%04x-8%03x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff),
                static_cast<unsigned>(0x8000 | (low >> 48 & 0x3fff)),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return out;
}

}  // namespace xconn
