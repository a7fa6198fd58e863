// SPDX-License-Identifier: Apache-2.0
// ARM's template functions on lists and objects, a row each (Microsoft Learn, "ARM template functions").
#include <algorithm>

#include "importing/arm/call.hh"

namespace xconn::importing {
namespace {

/// As many as asked for, at most all of them.
std::size_t amount(const Call& call, std::size_t of) {
  return static_cast<std::size_t>(std::clamp(call.number(1), 0LL, static_cast<long long>(of)));
}

RawPtr take(const Call& call) {
  if (!call.raw(0).is_list()) return call.of(call.text(0).substr(0, amount(call, call.text(0).size())));
  const auto& items = call.raw(0).items;
  return call.list({items.begin(), items.begin() + static_cast<std::ptrdiff_t>(amount(call, items.size()))});
}

RawPtr skip(const Call& call) {
  if (!call.raw(0).is_list()) return call.of(call.text(0).substr(amount(call, call.text(0).size())));
  const auto& items = call.raw(0).items;
  return call.list({items.begin() + static_cast<std::ptrdiff_t>(amount(call, items.size())), items.end()});
}

/// One level.
RawPtr flatten(const Call& call) {
  std::vector<RawPtr> items;
  for (const auto& item : call.raw(0).items)
    if (item->is_list())
      items.insert(items.end(), item->items.begin(), item->items.end());
    else
      items.push_back(item);
  return call.list(std::move(items));
}

/// In the order of their keys, as Azure gives them.
std::vector<const model::RawEntry*> sorted_entries(const Raw& map) {
  std::vector<const model::RawEntry*> out;
  for (const auto& entry : map.entries) out.push_back(&entry);
  std::ranges::stable_sort(out, {}, [](const auto* entry) { return lower_case(entry->key); });
  return out;
}

RawPtr items(const Call& call) {
  std::vector<RawPtr> out;
  for (const auto* entry : sorted_entries(call.raw(0)))
    out.push_back(call.map({{"key", call.of(entry->key)}, {"value", entry->value}}));
  return call.list(std::move(out));
}

RawPtr object_keys(const Call& call) {
  std::vector<RawPtr> out;
  for (const auto* entry : sorted_entries(call.raw(0))) out.push_back(call.of(entry->key));
  return call.list(std::move(out));
}

// --- sets ------------------------------------------------------------------------------------------------------------

bool holds(const Call& call, const std::vector<RawPtr>& all, const Raw& wanted) {
  call.scope.work().spend(all.size());
  return std::ranges::any_of(all, [&](const auto& item) { return equal(*item, wanted); });
}

RawPtr union_of_lists(const Call& call) {
  std::vector<RawPtr> out;
  for (const auto& argument : call.arguments)
    for (const auto& item : argument->items)
      if (!holds(call, out, *item)) out.push_back(item);
  return call.list(std::move(out));
}

/// The later counts; objects that both have become one where `is_deep`.
RawPtr merged(const Call& call, const RawPtr& first, const Raw& second, bool is_deep) {
  auto out = first->is_map() ? std::make_shared<Raw>(*first) : call.container(Raw::Kind::kMap);
  call.scope.work().spend(out->entries.size() * second.entries.size() / 16 + 1);
  for (const auto& entry : second.entries) {
    const auto known =
        std::ranges::find_if(out->entries, [&](const auto& mine) { return same_word(mine.key, entry.key); });
    if (known == out->entries.end())
      out->entries.push_back(entry);
    else
      known->value = is_deep && known->value->is_map() && entry.value->is_map()
                         ? merged(call, known->value, *entry.value, true)
                         : entry.value;
    out->size += entry.value->size;
  }
  return out;
}

RawPtr union_of(const Call& call) {
  if (!call.raw(0).is_map()) return union_of_lists(call);
  auto out = call.arguments[0];
  for (const auto& argument : call.arguments) out = merged(call, out, *argument, true);
  return out;
}

RawPtr shallow_merge(const Call& call) {
  RawPtr out = call.container(Raw::Kind::kMap);
  for (const auto& item : call.raw(0).items) out = merged(call, out, *item, false);
  return out;
}

/// What all have: items of lists, or entries of objects with their values.
RawPtr intersection(const Call& call) {
  auto out = std::make_shared<Raw>(call.raw(0));
  for (const auto& other : call.arguments) {
    std::erase_if(out->items, [&](const auto& item) { return !holds(call, other->items, *item); });
    std::erase_if(out->entries, [&](const auto& entry) {
      const auto* there = find_key(*other, entry.key);
      return there == nullptr || !equal(*there->value, *entry.value);
    });
  }
  return out;
}

// --- one of them -----------------------------------------------------------------------------------------------------

const RawPtr* inside(const Raw& holder, const Raw& key) {
  if (holder.is_list()) {
    const auto index = number_of(key);
    return index >= 0 && static_cast<std::size_t>(index) < holder.items.size()
               ? &holder.items[static_cast<std::size_t>(index)]
               : nullptr;
  }
  const auto* entry = find_key(holder, key.text);
  return entry == nullptr ? nullptr : &entry->value;
}

/// tryGet(object, 'a', 0, 'b') is null where something on the way is not there.
RawPtr try_get(const Call& call) {
  auto at = call.arguments[0];
  for (std::size_t i = 1; i < call.count(); ++i) {
    const auto* next = inside(*at, call.raw(i));
    if (next == nullptr) return call.container(Raw::Kind::kNull);
    at = *next;
  }
  return at;
}

/// The last is number 1.
const RawPtr* from_end(const Call& call) {
  const auto& all = call.raw(0).items;
  const auto index = call.number(1);
  return index >= 1 && static_cast<std::size_t>(index) <= all.size()
             ? &all[all.size() - static_cast<std::size_t>(index)]
             : nullptr;
}

RawPtr index_from_end(const Call& call) {
  const auto* found = from_end(call);
  if (found == nullptr) throw Unevaluated{"wants item " + call.text(1) + " from the end, which is not there"};
  return *found;
}

/// With what else is asked of it, as tryGet.
RawPtr try_index_from_end(const Call& call) {
  const auto* at = from_end(call);
  for (std::size_t i = 2; at != nullptr && i < call.count(); ++i) at = inside(**at, call.raw(i));
  return at == nullptr ? call.container(Raw::Kind::kNull) : *at;
}

/// Of numbers beside each other, or in one list.
RawPtr outermost(const Call& call, bool is_largest) {
  const auto& all = call.raw(0).is_list() ? call.raw(0).items : call.arguments;
  if (all.empty()) throw Unevaluated{"wants a number of none"};
  auto out = number_of(*all.front());
  for (const auto& each : all) out = is_largest ? std::max(out, number_of(*each)) : std::min(out, number_of(*each));
  return call.of(out);
}

const ArmFunction kListFunctions[] = {
    {"take", 2, take},
    {"skip", 2, skip},
    {"flatten", 1, flatten},
    {"items", 1, items},
    {"objectKeys", 1, object_keys},
    {"union", 1, union_of},
    {"shallowMerge", 1, shallow_merge},
    {"intersection", 2, intersection},
    {"tryGet", 2, try_get},
    {"indexFromEnd", 2, index_from_end},
    {"tryIndexFromEnd", 2, try_index_from_end},
    {"min", 1, [](const Call& c) { return outermost(c, false); }},
    {"max", 1, [](const Call& c) { return outermost(c, true); }},
};

}  // namespace

std::span<const ArmFunction> arm_list_functions() { return kListFunctions; }

}  // namespace xconn::importing
