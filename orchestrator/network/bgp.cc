// SPDX-License-Identifier: Apache-2.0
#include "network/bgp.hh"

#include <algorithm>
#include <utility>

#include "network/fields.hh"

namespace xconn::network {
namespace {

using fields::Json;
using Words = std::vector<std::string>;

std::string words_of(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}

std::string text_of(const Json& value) {
  if (value.is_null()) return "none";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void tell_items(const std::string& what, const Json& before, const Json& after, Words& words) {
  const auto tell_missing = [&](const char* sign, const Json& from, const Json& in) {
    for (const auto& item : from)
      if (std::ranges::find(in, item) == in.end()) words.push_back(sign + what + " " + text_of(item));
  };
  const auto mark = words.size();
  tell_missing("- ", before, after);
  tell_missing("+ ", after, before);
  if (words.size() > mark) return;
  words.push_back("~ " + what +
                  (before.is_null()  ? " all -> none"
                   : after.is_null() ? " none -> all"
                                     : " in another order"));
}

/// A list, a switch or a value: each has a way of its own to be told.
void tell_value(const std::string& what, const Json& before, const Json& after, Words& words) {
  const auto& there = after.is_null() ? before : after;
  if (there.is_array()) return tell_items(what, before, after, words);
  if (there.is_boolean()) return words.push_back((after.is_null() ? "- " : "+ ") + what);
  if (what.ends_with("password")) return words.push_back("~ " + what + " (secret)");
  words.push_back("~ " + what + " " + text_of(before) + " -> " + text_of(after));
}

/// Fields at their default are absent, as the codec leaves them out.
void tell_fields(const std::string& what, const Json& before, const Json& after, Words& words) {
  Json all = before;
  all.update(after);
  for (const auto& [key, any] : all.items()) {
    const Json old = before.value(key, Json()), now = after.value(key, Json());
    if (old == now) continue;
    const auto name = what + " " + words_of(key);
    if (any.is_object())
      tell_fields(name, old.is_null() ? Json::object() : old, now.is_null() ? Json::object() : now, words);
    else
      tell_value(name, old, now, words);
  }
}

std::string name_of(const Neighbor& neighbor) { return "bgp neighbour " + neighbor.address.text(); }
std::string name_of(const Origin& origin) { return "bgp network " + origin.prefix.text(); }
std::string whole(const Neighbor& neighbor) { return name_of(neighbor) + " AS " + neighbor.asn.text(); }
std::string whole(const Origin& origin) { return name_of(origin); }

template <class Thing>
const Thing* find(const std::vector<Thing>& things, const Thing& like) {
  const auto found = std::ranges::find(things, name_of(like), [](const Thing& one) { return name_of(one); });
  return found == things.end() ? nullptr : &*found;
}

template <class Thing>
void tell_things(const std::vector<Thing>& before, const std::vector<Thing>& after, Words& words) {
  for (const auto& old : before)
    if (find(after, old) == nullptr) words.push_back("- " + whole(old));
  for (const auto& now : after)
    if (const auto* old = find(before, now))
      tell_fields(name_of(now), fields::encode(*old), fields::encode(now), words);
    else
      words.push_back("+ " + whole(now));
}

/// Without its neighbours and networks, which are told one by one.
Json itself(Speaker speaker) {
  speaker.neighbors.clear();
  speaker.networks.clear();
  return fields::encode(speaker);
}

}  // namespace

bool Speaker::has_bfd() const { return std::ranges::any_of(neighbors, &Neighbor::bfd); }

bool Speaker::has_secret() const {
  return std::ranges::any_of(neighbors, [](const Neighbor& neighbor) { return neighbor.password.has_value(); });
}

const Neighbor* Speaker::find_neighbor(const Address& address) const {
  const auto found = std::ranges::find(neighbors, address, &Neighbor::address);
  return found == neighbors.end() ? nullptr : &*found;
}

Neighbor* Speaker::find_neighbor(const Address& address) {
  return const_cast<Neighbor*>(std::as_const(*this).find_neighbor(address));
}

std::vector<std::string> changes(const std::optional<Speaker>& before, const std::optional<Speaker>& after) {
  Words words;
  if (before && after) tell_fields("bgp", itself(*before), itself(*after), words);
  if (before && !after) words.push_back("- bgp AS " + before->asn.text());
  if (!before && after) words.push_back("+ bgp AS " + after->asn.text());
  if (after || before) {
    const auto old = before.value_or(Speaker{}), now = after.value_or(Speaker{});
    tell_things(old.networks, now.networks, words);
    tell_things(old.neighbors, now.neighbors, words);
  }
  return words;
}

}  // namespace xconn::network
