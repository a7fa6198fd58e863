// SPDX-License-Identifier: Apache-2.0
// ARM's template functions on values, a row each (Microsoft Learn, "ARM template functions").
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "importing/arm/call.hh"

namespace xconn::importing {
namespace {

// --- JSON and base64 -------------------------------------------------------------------------------------------------

RawPtr scalar_of(const Call& call, const nlohmann::json& value) {
  if (value.is_null()) return call.container(Raw::Kind::kNull);
  return call.of(value.is_string() ? value.get<std::string>() : value.dump());
}

RawPtr parsed(const Call& call, const std::string& text) {
  if (const auto start = text.find_first_not_of(" \t\r\n");
      start != std::string::npos && (text[start] == '{' || text[start] == '[')) {
    std::vector<Finding> findings;
    const auto documents = read_json({"json()", text}, findings);
    if (findings.empty() && documents.size() == 1) return placed(*documents.front(), call.scope.position());
  }
  const auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded() || value.is_structured()) throw Unevaluated{"reads a text that is no JSON"};
  return scalar_of(call, value);
}

nlohmann::json as_json(const Raw& raw) {
  if (raw.is_null()) return nullptr;
  auto out = raw.is_list() ? nlohmann::json::array() : nlohmann::json::object();
  for (const auto& item : raw.items) out.push_back(as_json(*item));
  for (const auto& entry : raw.entries) out[entry.key] = as_json(*entry.value);
  return raw.is_scalar() ? nlohmann::json(raw.text) : out;
}

/// string(): of an object its JSON.
RawPtr as_text(const Call& call) {
  if (call.raw(0).is_scalar()) return call.of(call.text(0));
  return call.of(as_json(call.raw(0)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// --- texts -----------------------------------------------------------------------------------------------------------

/// padLeft('7', 3, '0') is 007.
RawPtr pad_left(const Call& call) {
  const auto length = call.number(1);
  const auto& text = call.text(0);
  if (length < 0 || length > static_cast<long long>(kLargestValue)) throw Unevaluated{"has a value that is too large"};
  const char with = call.count() > 2 && !call.text(2).empty() ? call.text(2)[0] : ' ';
  const auto wanted = static_cast<std::size_t>(length);
  return call.of(std::string(wanted > text.size() ? wanted - text.size() : 0, with) + text);
}

long long place(std::size_t at) { return at == std::string::npos ? -1 : static_cast<long long>(at); }

/// Of a text without regard to case, or of an item in a list.
RawPtr index_of(const Call& call, bool last) {
  if (call.raw(0).is_list()) {
    long long found = -1;
    for (std::size_t i = 0; i < call.raw(0).items.size() && (last || found < 0); ++i)
      if (equal(*call.raw(0).items[i], call.raw(1))) found = static_cast<long long>(i);
    return call.of(found);
  }
  const auto text = lower_case(call.text(0)), what = lower_case(call.text(1));
  return call.of(place(last ? text.rfind(what) : text.find(what)));
}

/// The public cloud's, as far as templates of networks ask for it.
RawPtr environment(const Call& call) {
  const auto text = [&](const char* value) { return call.of(std::string(value)); };
  return call.map({{"name", text("AzureCloud")},
                   {"resourceManager", text("https://management.azure.com/")},
                   {"portal", text("https://portal.azure.com")},
                   {"suffixes", call.map({{"storage", text("core.windows.net")},
                                          {"keyvaultDns", text(".vault.azure.net")},
                                          {"sqlServerHostname", text(".database.windows.net")}})}});
}

/// extensionResourceId(id, 'Microsoft.X/a/b', 'name-of-a', 'name-of-b')
RawPtr extension_resource_id(const Call& call) {
  std::string id = call.text(0) + "/providers/";
  const auto& type = call.text(1);
  const auto provider = std::min(type.find('/'), type.size());
  id += type.substr(0, provider);
  for (std::size_t name = 2, at = provider; name < call.count(); ++name) {
    const auto end = std::min(type.find('/', std::min(at + 1, type.size())), type.size());
    if (at < type.size()) id += type.substr(at, end - at);
    id += "/" + call.text(name);
    at = end;
  }
  return call.of(id);
}

const ArmFunction kValueFunctions[] = {
    {"json", 1, [](const Call& c) { return parsed(c, c.text(0)); }},
    {"string", 1, as_text},
    {"base64", 1, [](const Call& c) { return c.of(to_base64(c.text(0))); }},
    {"base64ToString", 1, [](const Call& c) { return c.of(from_base64(c.text(0))); }},
    {"base64ToJson", 1, [](const Call& c) { return parsed(c, from_base64(c.text(0))); }},
    {"padLeft", 2, pad_left},
    {"indexOf", 2, [](const Call& c) { return index_of(c, false); }},
    {"lastIndexOf", 2, [](const Call& c) { return index_of(c, true); }},
    {"environment", 0, environment},
    {"extensionResourceId", 3, extension_resource_id},
    {"lambdaVariables", 1, [](const Call& c) { return c.scope.lambda_variable(c.text(0)); }},
};

}  // namespace

std::span<const ArmFunction> arm_value_functions() { return kValueFunctions; }

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += at + i <= text.size() ? kDigits[bits >> (18 - 6 * i) & 0x3f] : '=';
  }
  return out;
}

std::string from_base64(const std::string& text) {
  std::string out;
  std::uint32_t bits = 0, count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) throw Unevaluated{"reads a text that is no base64"};
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((count += 6) < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  return out;
}

bool equal(const Raw& a, const Raw& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) return false;
  if (a.size > kLargestValue) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!equal(*a.items[i], *b.items[i])) return false;
  for (const auto& entry : a.entries) {
    const auto* other = find_key(b, entry.key);
    if (other == nullptr || !equal(*entry.value, *other->value)) return false;
  }
  return a.text == b.text;
}

}  // namespace xconn::importing
