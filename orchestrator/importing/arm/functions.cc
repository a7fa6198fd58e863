// SPDX-License-Identifier: Apache-2.0
// ARM's template functions, a row each (Microsoft Learn, "ARM template functions").
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <limits>

#include "base/address.hh"
#include "importing/arm/call.hh"
#include "importing/resources/resource.hh"
#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;
RawPtr concat(const Call& call) {
  std::string text;
  std::vector<RawPtr> items;
  for (std::size_t i = 0; i < call.count(); ++i) {
    text += call.text(i);
    items.insert(items.end(), call.raw(i).items.begin(), call.raw(i).items.end());
    if (text.size() > kLargestValue || items.size() > kLargestValue) throw Unevaluated{"has a value that is too large"};
  }
  return call.count() > 0 && call.raw(0).is_list() ? call.list(std::move(items)) : call.of(text);
}

std::vector<std::string> name_parts(const Call& call, std::size_t from) {
  std::vector<std::string> names;
  for (auto i = from; i < call.count(); ++i) {
    std::string rest = call.text(i);
    for (auto slash = rest.find('/'); slash != std::string::npos; slash = rest.find('/')) {
      names.push_back(rest.substr(0, slash));
      rest.erase(0, slash + 1);
    }
    names.push_back(rest);
  }
  return names;
}

/// resourceId([subscription,] [group,] type, names ...)
RawPtr resource_id(const Call& call) {
  std::size_t type = 0;
  while (type < call.count() && call.text(type).find('/') == std::string::npos) ++type;
  if (type >= call.count()) throw Unevaluated{"names no resource type"};
  ResourceId id;
  id.type = lower_case(call.text(type));
  id.group = type > 0 ? call.text(type - 1) : call.scope.group();
  id.names = name_parts(call, type + 1);
  return call.of(id.text());
}

RawPtr resource_group(const Call& call) {
  const auto name = call.scope.group().empty() ? std::string("-") : call.scope.group();
  return call.map({{"name", call.of(name)},
                   {"location", call.of(call.scope.deployment().location)},
                   {"id", call.of("/subscriptions/-/resourceGroups/" + name)}});
}

RawPtr subscription(const Call& call) {
  return call.map({{"subscriptionId", call.of(std::string("-"))},
                   {"tenantId", call.of(std::string("-"))},
                   {"id", call.of(std::string("/subscriptions/-"))}});
}

RawPtr management_group(const Call& call) {
  return call.map({{"name", call.of(std::string("-"))},
                   {"id", call.of(std::string("/providers/Microsoft.Management/managementGroups/-"))}});
}

/// A template that asks where it came from makes the addresses of its linked ones of that.
RawPtr deployment(const Call& call) {
  const auto& own = call.scope.deployment();
  const auto link = call.map({{"uri", call.of("https://files/" + own.uri)}});
  const auto own_template = call.map({{"contentVersion", call.of(own.version)}});
  return call.map({{"name", call.of(own.name)},
                   {"location", call.of(own.location)},
                   {"properties", call.map({{"templateLink", link}, {"template", own_template}})}});
}

bool is_full(const Call& call) { return same_word(call.raw(call.count() - 1).text, "Full"); }

RawPtr reference(const Call& call) { return call.scope.reference(call.text(0), is_full(call)); }

RawPtr references(const Call& call) {
  std::vector<RawPtr> out;
  for (const auto& symbol : call.scope.loop(call.text(0))) out.push_back(call.scope.reference(symbol, is_full(call)));
  return call.list(std::move(out));
}

RawPtr resource_info(const Call& call) {
  const auto id = call.scope.resource_id(call.text(0));
  if (!id) throw Unevaluated{"asks for " + call.text(0) + ", which is not declared"};
  return call.map({{"id", call.of(id->text())}, {"name", call.of(id->path())}, {"type", call.of(id->type)}});
}

/// All regions with zones have three.
RawPtr pick_zones(const Call& call) {
  const auto wanted = call.count() > 3 ? call.number(3) : 1, from = call.count() > 4 ? call.number(4) : 0;
  std::vector<RawPtr> zones;
  for (auto zone = from + 1; zone <= 3 && zone <= from + wanted; ++zone) zones.push_back(call.of(zone));
  return call.list(std::move(zones));
}

RawPtr fail(const Call& call) {
  throw Unevaluated{"fails on purpose" + (call.count() > 0 ? ": " + printable(call.text(0)) : std::string{})};
}

/// Numbers by their value, texts by their letters.
int compared(const Call& call) {
  try {
    const auto a = call.number(0), b = call.number(1);
    return a < b ? -1 : a > b ? 1 : 0;
  } catch (const Unevaluated&) {
    return call.text(0).compare(call.text(1));
  }
}

/// 13 letters that depend on nothing but the arguments, as Azure's do; they are not Azure's.
std::string made_of(const Call& call, std::size_t length, std::string_view letters) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const auto& argument : call.arguments)
    for (const unsigned char c : argument->text) hash = (hash ^ c) * 1099511628211ULL;
  std::string out;
  for (std::size_t i = 0; i < length; ++i, hash = hash * 6364136223846793005ULL + 1442695040888963407ULL)
    out += letters[(hash >> 33) % letters.size()];
  return out;
}

RawPtr unique_string(const Call& call) {
  call.scope.made_up("uniqueString");
  return call.of(made_of(call, 13, "abcdefghijklmnopqrstuvwxyz"));
}

RawPtr guid(const Call& call) {
  call.scope.made_up("guid");
  auto out = made_of(call, 32, "0123456789abcdef");
  for (const std::size_t at : {8, 13, 18, 23}) out.insert(at, 1, '-');
  return call.of(out);
}

RawPtr joined_text(const Call& call) {
  std::string out;
  for (const auto& item : call.raw(0).items) out += (out.empty() ? "" : call.text(1)) + item->text;
  return call.of(out);
}

RawPtr replace(const Call& call) {
  std::string out, rest = call.text(0);
  const auto &what = call.text(1), &by = call.text(2);
  if (what.empty()) throw Unevaluated{"replaces nothing"};
  for (auto at = rest.find(what); at != std::string::npos; at = rest.find(what)) {
    out += rest.substr(0, at) + by;
    rest.erase(0, at + what.size());
    if (out.size() > kLargestValue) throw Unevaluated{"has a value that is too large"};
  }
  return call.of(out + rest);
}

RawPtr substring(const Call& call) {
  const auto from = call.number(1);
  const auto& text = call.text(0);
  if (from < 0 || static_cast<std::size_t>(from) > text.size()) throw Unevaluated{"begins behind the text's end"};
  const auto length = call.count() > 2 ? call.number(2) : static_cast<long long>(text.size());
  return call.of(text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(std::max(length, 0LL))));
}

std::size_t length_of(const Raw& raw) {
  return raw.is_list() ? raw.items.size() : raw.is_map() ? raw.entries.size() : raw.text.size();
}

RawPtr first(const Call& call) {
  if (call.raw(0).is_list() && !call.raw(0).items.empty()) return call.raw(0).items.front();
  return call.of(call.text(0).substr(0, 1));
}

RawPtr last(const Call& call) {
  if (call.raw(0).is_list() && !call.raw(0).items.empty()) return call.raw(0).items.back();
  return call.of(call.text(0).empty() ? "" : call.text(0).substr(call.text(0).size() - 1));
}

RawPtr contains(const Call& call) {
  const auto& in = call.raw(0);
  if (in.is_list())
    return call.of(std::ranges::any_of(in.items, [&](const auto& item) { return equal(*item, call.raw(1)); }));
  if (in.is_map()) return call.of(find_key(in, call.text(1)) != nullptr);
  return call.of(in.text.find(call.text(1)) != std::string::npos);
}

RawPtr range(const Call& call) {
  if (call.number(1) < 0 || call.number(1) > kMostCopies * 10) throw Unevaluated{"wants too many numbers"};
  std::vector<RawPtr> items;
  for (long long i = 0; i < call.number(1); ++i) items.push_back(call.of(call.number(0) + i));
  return call.list(std::move(items));
}

RawPtr create_object(const Call& call) {
  std::vector<std::pair<std::string, RawPtr>> entries;
  for (std::size_t i = 0; i + 1 < call.count(); i += 2) entries.emplace_back(call.text(i), call.arguments[i + 1]);
  return call.map(entries);
}

RawPtr copy_index(const Call& call) {
  const bool has_name =
      call.count() > 0 && !call.text(0).empty() && std::isdigit(static_cast<unsigned char>(call.text(0)[0])) == 0;
  const auto offset = call.count() > (has_name ? 1U : 0U) ? call.number(has_name ? 1 : 0) : 0;
  return call.of(call.scope.copy_index(has_name ? call.text(0) : "", offset));
}

/// Azure takes host bits too.
std::optional<Prefix> network_of(const std::string& text) {
  const auto address = InterfaceAddress::parse(text);
  return address ? address->network() : Prefix::parse(text);
}

/// cidrSubnet('10.0.0.0/16', 24, 3) is 10.0.3.0/24.
RawPtr cidr_subnet(const Call& call) {
  const auto prefix = network_of(call.text(0));
  const auto length = call.number(1), index = call.number(2);
  if (!prefix || !prefix->is_v4() || length < prefix->length() || length > 32 || index < 0 ||
      index >= (1LL << (length - prefix->length())))
    throw Unevaluated{"asks for no subnet of " + printable(call.text(0))};
  const auto step = static_cast<std::uint64_t>(index) << (32 - length);
  return call.of(Prefix::of(prefix->host(static_cast<std::uint32_t>(step)), static_cast<int>(length)).text());
}

RawPtr parse_cidr(const Call& call) {
  const auto prefix = network_of(call.text(0));
  if (!prefix || !prefix->is_v4()) throw Unevaluated{"reads a text that is no prefix"};
  const auto mask = prefix->length() == 0 ? 0U : ~0U << (32 - prefix->length());
  const bool has_hosts = prefix->length() < 31;
  const auto netmask = Prefix::parse("0.0.0.0/0")->host(mask);
  const auto last = prefix->last();
  return call.map({{"network", call.of(prefix->network().text())},
                   {"netmask", call.of(netmask.text())},
                   {"broadcast", call.of(last.text())},
                   {"firstUsable", call.of(prefix->host(has_hosts ? 1 : 0).text())},
                   {"lastUsable", call.of((has_hosts ? prefix->host(~mask - 1) : last).text())},
                   {"cidr", call.of(static_cast<long long>(prefix->length()))}});
}

/// cidrHost('10.0.3.0/24', 3) is 10.0.3.4: it counts from the first host.
RawPtr cidr_host(const Call& call) {
  const auto prefix = network_of(call.text(0));
  const auto index = call.number(1);
  if (!prefix || index < 0 || index >= std::numeric_limits<int>::max()) throw Unevaluated{"asks for no host"};
  return call.of(prefix->host(static_cast<std::uint32_t>(index) + 1).text());
}

long long divisor(long long value) {
  if (value == 0) throw Unevaluated{"divides by zero"};
  return value;
}

template <class F>
RawPtr calculated(const Call& call, F operation) {
  long long out = 0;
  if (operation(call.number(0), call.number(1), &out)) throw Unevaluated{"has a number that is too large"};
  return call.of(out);
}

const ArmFunction kFunctions[] = {
    {"parameters", 1, [](const Call& c) { return c.scope.parameter(c.text(0)); }},
    {"variables", 1, [](const Call& c) { return c.scope.variable(c.text(0)); }},
    {"reference", 1, reference},
    {"references", 1, references},
    {"resourceInfo", 1, resource_info},
    {"concat", 1, concat},
    {"resourceId", 1, resource_id},
    {"subscriptionResourceId", 1, resource_id},
    {"tenantResourceId", 1, resource_id},
    {"resourceGroup", 0, resource_group},
    {"subscription", 0, subscription},
    {"tenant", 0, subscription},
    {"managementGroup", 0, management_group},
    {"managementGroupResourceId", 1, resource_id},
    {"deployment", 0, deployment},
    {"deployer", 0,
     [](const Call& c) {
       return c.map({{"objectId", c.of(std::string("-"))}, {"tenantId", c.of(std::string("-"))}});
     }},
    {"pickZones", 3, pick_zones},
    {"fail", 0, fail},
    {"uniqueString", 1, unique_string},
    {"guid", 1, guid},
    {"newGuid", 0, guid},
    {"float", 1, [](const Call& c) { return c.of(c.text(0)); }},
    {"parseCidr", 1, parse_cidr},
    {"toLower", 1, [](const Call& c) { return c.of(lower_case(c.text(0))); }},
    {"toUpper", 1, [](const Call& c) { return c.of(upper_case(c.text(0))); }},
    {"int", 1, [](const Call& c) { return c.of(c.number(0)); }},
    {"bool", 1, [](const Call& c) { return c.of(c.truth(0) || c.text(0) == "1"); }},
    {"true", 0, [](const Call& c) { return c.of(true); }},
    {"false", 0, [](const Call& c) { return c.of(false); }},
    {"null", 0, [](const Call& c) -> RawPtr { return c.container(Raw::Kind::kNull); }},
    {"trim", 1,
     [](const Call& c) {
       const auto from = c.text(0).find_first_not_of(" \t\r\n"), to = c.text(0).find_last_not_of(" \t\r\n");
       return c.of(from == std::string::npos ? std::string{} : c.text(0).substr(from, to - from + 1));
     }},
    {"join", 2, joined_text},
    {"replace", 3, replace},
    {"substring", 2, substring},
    {"startsWith", 2, [](const Call& c) { return c.of(lower_case(c.text(0)).starts_with(lower_case(c.text(1)))); }},
    {"endsWith", 2, [](const Call& c) { return c.of(lower_case(c.text(0)).ends_with(lower_case(c.text(1)))); }},
    {"length", 1, [](const Call& c) { return c.of(static_cast<long long>(length_of(c.raw(0)))); }},
    {"empty", 1, [](const Call& c) { return c.of(c.raw(0).is_null() || length_of(c.raw(0)) == 0); }},
    {"first", 1, first},
    {"last", 1, last},
    {"contains", 2, contains},
    {"range", 2, range},
    {"array", 1, [](const Call& c) { return c.raw(0).is_list() ? c.arguments[0] : c.list({c.arguments[0]}); }},
    {"createArray", 0, [](const Call& c) { return c.list(c.arguments); }},
    {"createObject", 0, create_object},
    {"copyIndex", 0, copy_index},
    {"cidrSubnet", 3, cidr_subnet},
    {"cidrHost", 2, cidr_host},
    {"equals", 2, [](const Call& c) { return c.of(equal(c.raw(0), c.raw(1))); }},
    {"not", 1, [](const Call& c) { return c.of(!c.truth(0)); }},
    {"less", 2, [](const Call& c) { return c.of(compared(c) < 0); }},
    {"lessOrEquals", 2, [](const Call& c) { return c.of(compared(c) <= 0); }},
    {"greater", 2, [](const Call& c) { return c.of(compared(c) > 0); }},
    {"greaterOrEquals", 2, [](const Call& c) { return c.of(compared(c) >= 0); }},
    {"add", 2,
     [](const Call& c) {
       return calculated(c, [](auto a, auto b, auto* o) { return __builtin_add_overflow(a, b, o); });
     }},
    {"sub", 2,
     [](const Call& c) {
       return calculated(c, [](auto a, auto b, auto* o) { return __builtin_sub_overflow(a, b, o); });
     }},
    {"mul", 2,
     [](const Call& c) {
       return calculated(c, [](auto a, auto b, auto* o) { return __builtin_mul_overflow(a, b, o); });
     }},
    {"div", 2,
     [](const Call& c) {
       return c.number(1) == -1 ? calculated(c, [](auto a, auto, auto* o) { return __builtin_sub_overflow(0LL, a, o); })
                                : c.of(c.number(0) / divisor(c.number(1)));
     }},
    {"mod", 2, [](const Call& c) { return c.of(c.number(1) == -1 ? 0LL : c.number(0) % divisor(c.number(1))); }},
};

/// listKeys, listSecrets and so on: what only a deployment knows.
bool asks_azure(const std::string& name) {
  constexpr std::string_view kOthers[] = {"providers",      "toLogicalZone",   "toLogicalZones",
                                          "toPhysicalZone", "toPhysicalZones", "getSecret"};
  return lower_case(name.substr(0, 4)) == "list" ||
         std::ranges::any_of(kOthers, [&](auto other) { return same_word(other, name); });
}

}  // namespace

RawPtr call_arm_function(ArmScope& scope, const std::string& name, const std::vector<RawPtr>& arguments) {
  const ArmFunction* found = nullptr;
  for (const auto rows :
       {std::span<const ArmFunction>(kFunctions), arm_value_functions(), arm_list_functions(), arm_text_functions()})
    for (const auto& row : rows)
      if (same_word(row.name, name)) found = &row;
  if (found == nullptr && asks_azure(name)) throw Unevaluated{"asks Azure, with " + name + "()"};
  if (found == nullptr) throw Unevaluated{"uses " + name + "(), which is not known here"};
  if (arguments.size() < found->least) throw Unevaluated{"gives " + name + "() too little"};
  return found->call({scope, arguments});
}

}  // namespace xconn::importing
