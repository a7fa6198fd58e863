// SPDX-License-Identifier: Apache-2.0
// `az network ... show/list`, and what else prints resources as Azure has them: resources carry their id, read-outs of
// running devices are known by their keys, and both may be wrapped.
#include <algorithm>
#include <array>
#include <cctype>

#include "importing/resources/readers.hh"
#include "importing/text/expression.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;

/// What a row of a read-out has, and no other.
struct ReadOutKind {
  std::string_view kind;
  std::array<std::string_view, 3> keys;
};
constexpr std::array<ReadOutKind, 9> kReadOuts{{
    {"arp", {"interface", "ipAddress", "macAddress"}},
    {"learned", {"asPath", "localAddress", "network"}},
    {"circuit-route", {"network", "nextHop", "path"}},
    {"summary", {"neighbor", "statePfxRcd", "upDown"}},
    {"bgp-peer", {"asn", "localAddress", "neighbor"}},
    {"stats", {"primarybytesIn", "primarybytesOut", "secondarybytesIn"}},
    {"effective-route", {"addressPrefix", "nextHopType", "source"}},
    {"effective-nsg", {"effectiveSecurityRules", "networkSecurityGroup", "association"}},
    {"service-provider", {"bandwidthsOffered", "peeringLocations", "name"}},
}};

const ReadOutKind* read_out_kind(const Raw& row) {
  const auto found = std::ranges::find_if(kReadOuts, [&](const ReadOutKind& kind) {
    return std::ranges::all_of(kind.keys, [&](auto key) { return find_key(row, key) != nullptr; });
  });
  return found == kReadOuts.end() ? nullptr : &*found;
}

// --- what a row is ---------------------------------------------------------------------------------------------------

std::string text_of(const Raw& row, std::string_view key) {
  const auto* value = property(row, key);
  return value == nullptr ? "" : value->text;
}

/// "vnet/app" of type "Microsoft.Network/virtualNetworks/subnets": what stands in a template, or in the body of a
/// request.
std::optional<ResourceId> id_of_name(const Raw& row) {
  const auto type = text_of(row, "type"), name = text_of(row, "name");
  if (type.find('/') == std::string::npos || name.empty()) return std::nullopt;
  ResourceId id{text_of(row, "resourceGroup"), lower_case(type), {}};
  for (std::size_t from = 0; from <= name.size();) {
    const auto end = std::min(name.find('/', from), name.size());
    id.names.push_back(name.substr(from, end - from));
    from = end + 1;
  }
  const auto kinds = static_cast<std::size_t>(std::ranges::count(type, '/'));
  return kinds == id.names.size() ? std::optional(id) : std::nullopt;
}

/// `az ... create` of some shows a resource without its own id; its parts have theirs.
std::optional<ResourceId> id_of_parts(const Raw& row) {
  for (const auto& entry : row.entries)
    for (const auto& item : entry.value->items) {
      const auto id = item->is_map() ? ResourceId::parse(text_of(*item, "id")) : std::nullopt;
      if (id && id->names.size() == 2 && same_word(id->type.substr(id->type.rfind('/') + 1), entry.key))
        return id->parent();
    }
  return std::nullopt;
}

std::optional<ResourceId> id_of(const Raw& row) {
  if (auto id = ResourceId::parse(text_of(row, "id"))) return id;
  if (auto id = id_of_name(row)) return id;
  return id_of_parts(row);
}

/// `{"id": ..., "resourceGroup": ...}` only names another one.
bool is_reference(const Raw& row) {
  return std::ranges::all_of(row.entries, [](const auto& entry) {
    return same_word(entry.key, "id") || same_word(entry.key, "resourceGroup") || entry.value->is_null();
  });
}

/// What says that it is something else.
struct Other {
  std::string_view key, reason, instead;
};
constexpr Other kOthers[] = {
    {"error", "is Azure's answer that something failed", "it was passed over; ask again"},
    {"@level", "is Terraform's log", "it was passed over; import what `terraform show -json PLAN` says"},
    {"resource_changes", "is a part of Terraform's plan",
     "it was passed over; import all that `terraform show -json PLAN` says"},
};

// --- reading it ------------------------------------------------------------------------------------------------------

constexpr int kDeepestWrapper = 6;

bool read_any(const RawPtr& value, Reading& reading, int depth);

/// Azure PowerShell repeats each object as a text: "SubnetsText" beside "Subnets".
RawPtr without_texts(const RawPtr& row) {
  constexpr std::string_view kText = "Text";
  auto out = std::make_shared<Raw>(*row);
  std::erase_if(out->entries, [&](const model::RawEntry& entry) {
    const bool is_text = entry.key.ends_with(kText) && std::isupper(static_cast<unsigned char>(entry.key[0])) != 0;
    return is_text || entry.key == "ResourceGroupName";
  });
  for (auto& entry : out->entries) {
    if (!entry.value->is_list()) continue;
    auto list = std::make_shared<Raw>(*entry.value);
    for (auto& item : list->items)
      if (item->is_map()) item = without_texts(item);
    entry.value = std::move(list);
  }
  return out;
}

/// What ConvertTo-Json writes for what lies deeper than its -Depth: an object's type, or its text.
bool is_cut(const Raw& raw) {
  constexpr std::string_view kStarts[] = {"Microsoft.Azure.", "System.Collections.", "System.Object", "@{"};
  return raw.is_scalar() && std::ranges::any_of(kStarts, [&](auto start) { return raw.text.starts_with(start); });
}

/// Without such values, which are no texts of their own.
RawPtr without_cuts(const RawPtr& raw, bool& is_any) {
  if (raw->is_scalar() && !is_cut(*raw)) return raw;
  auto out = std::make_shared<Raw>(*raw);
  if (raw->is_scalar()) {
    is_any = true;
    out->kind = Raw::Kind::kNull;
    out->text.clear();
  }
  for (auto& entry : out->entries) entry.value = without_cuts(entry.value, is_any);
  for (auto& item : out->items) item = without_cuts(item, is_any);
  return out;
}

RawPtr from_powershell(const ResourceId& id, const RawPtr& row, Reading& reading) {
  bool is_any = false;
  auto out = without_cuts(without_texts(row), is_any);
  if (is_any)
    reading.notes.add({row->at.where(), "resource " + id.name(), "", "",
                       "is cut short: deeper down it has names of types in place of values",
                       "those were left out; ask again with `| ConvertTo-Json -Depth 20`"});
  return out;
}

void read_resource(const ResourceId& id, const RawPtr& row, Reading& reading) {
  if (is_expression(text_of(*row, "name")))
    return reading.notes.add({row->at.where(), "resource " + id.type, "", "",
                              "is a part of an ARM template, and its expressions have no values here",
                              "it was passed over; import the whole template"});
  if (id.type != "microsoft.resources/deployments")
    return reading.inventory.add({id, row->find("Id") == nullptr ? row : from_powershell(id, row, reading), row->at});
  reading.notes.add({row->at.where(), "deployment " + id.name(), "", "", "says that it was made, not what is in it",
                     "it was passed over; import what `az deployment group export -g " +
                         (id.group.empty() ? "GROUP" : id.group) + " -n " + id.name() + "` writes"});
}

/// Resource Graph's other form: the names of columns, and rows.
bool read_table(const Raw& columns, const Raw& rows, Reading& reading) {
  bool is_found = false;
  for (const auto& row : rows.items) {
    auto map = std::make_shared<Raw>();
    map->kind = Raw::Kind::kMap;
    map->at = row->at;
    for (std::size_t i = 0; i < row->items.size() && i < columns.items.size(); ++i)
      map->entries.push_back({text_of(*columns.items[i], "name"), row->items[i]->at, row->items[i]});
    is_found = read_any(map, reading, 0) || is_found;
  }
  return is_found;
}

/// More is there than this page holds.
void tell_of_pages(const Raw& map, Reading& reading) {
  for (const auto* key : {"nextLink", "skip_token", "skipToken", "$skipToken"})
    if (const auto* next = property(map, key); next != nullptr && !next->text.empty())
      reading.notes.add({next->at.where(), "az output", key, "", "says that there are more pages",
                         "they are missing; ask for all of them"});
}

/// A map around resources: {"value": [...]}, {"count": 1, "data": [...]}, {"newVNet": {...}}.
bool read_wrapper(const Raw& map, Reading& reading, int depth) {
  const auto *columns = property(map, "columns"), *rows = property(map, "rows");
  if (columns != nullptr && rows != nullptr) return read_table(*columns, *rows, reading);
  tell_of_pages(map, reading);
  const bool has_after = property(map, "after") != nullptr;
  bool is_found = false;
  for (const auto& entry : map.entries)
    if (!entry.value->is_scalar() && !(has_after && same_word(entry.key, "before")))
      is_found = read_any(entry.value, reading, depth + 1) || is_found;
  return is_found;
}

bool read_map(const RawPtr& map, Reading& reading, int depth) {
  if (is_arm(*map)) {
    read_arm(map, reading);
    return true;
  }
  if (const auto id = id_of(*map)) {
    if (depth > 0 && is_reference(*map)) return false;
    read_resource(*id, map, reading);
    return true;
  }
  if (const auto* kind = read_out_kind(*map)) {
    reading.inventory.add_read_out(std::string(kind->kind), map);
    return true;
  }
  return read_wrapper(*map, reading, depth);
}

void tell(const Raw& row, Reading& reading) {
  for (const auto& other : kOthers)
    if (const auto* value = row.is_map() ? property(row, other.key) : nullptr) {
      const auto code = text_of(*value, "code");
      return reading.notes.add({row.at.where(), "input", std::string(other.key), code, std::string(other.reason),
                                std::string(other.instead)});
    }
  reading.notes.at(row, "az output", "",
                   row.is_map() ? "is no resource (it has no id) and no read-out that is known" : "is no object",
                   "it was passed over");
}

/// Whether there was something in it.
bool read_any(const RawPtr& value, Reading& reading, int depth) {
  if (depth > kDeepestWrapper) return false;
  if (value->is_map()) return read_map(value, reading, depth);
  bool is_found = false;
  for (const auto& item : value->items) is_found = read_any(item, reading, depth + 1) || is_found;
  return is_found;
}

bool is_empty(const Raw& value) { return value.items.empty() && value.entries.empty() && !value.is_scalar(); }

/// `{"value": [...]}` holds what older commands print bare.
const Raw& rows_of(const Raw& root) {
  const auto* value = root.is_map() && root.find("id") == nullptr ? property(root, "value") : nullptr;
  return value != nullptr && value->is_list() ? *value : root;
}

}  // namespace

bool is_az(const Raw& root) { return root.is_map() || root.is_list(); }

void read_az(const RawPtr& root, Reading& reading) {
  const auto& rows = rows_of(*root);
  if (&rows != root.get()) tell_of_pages(*root, reading);
  if (!rows.is_list()) {
    if (!read_any(root, reading, 0) && !is_empty(*root)) tell(*root, reading);
    return;
  }
  for (const auto& row : rows.items)
    if (!read_any(row, reading, 0) && !is_empty(*row)) tell(*row, reading);
}

}  // namespace xconn::importing
