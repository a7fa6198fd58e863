// `az network ... show/list`: resources carry their id; read-outs of running devices are known by their keys.
#include <algorithm>
#include <array>

#include "importing/readers.hh"

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

void read_row(const RawPtr& row, Reading& reading) {
  if (!row->is_map()) {
    reading.notes.at(*row, "az output", "", "is no object", "it was passed over");
    return;
  }
  const auto* id = property(*row, "id");
  if (const auto parsed = id == nullptr ? std::nullopt : ResourceId::parse(id->text)) {
    reading.inventory.add({*parsed, row, row->at});
  } else if (const auto* kind = read_out_kind(*row)) {
    reading.inventory.add_read_out(std::string(kind->kind), row);
  } else if (!row->entries.empty()) {
    reading.notes.at(*row, "az output", "", "is no resource (it has no id) and no read-out that is known",
                     "it was passed over");
  }
}

/// `{"value": [...]}` holds what older commands print bare.
const Raw* value_list(const Raw& root) {
  const auto* value = root.is_map() ? property(root, "value") : nullptr;
  return value != nullptr && value->is_list() && find_key(root, "id") == nullptr ? value : nullptr;
}

}  // namespace

bool is_az(const Raw& root) { return root.is_map() || root.is_list(); }

void read_az(const RawPtr& root, Reading& reading) {
  const auto* list = root->is_list() ? root.get() : value_list(*root);
  if (list == nullptr) return read_row(root, reading);
  for (const auto& row : list->items) read_row(row, reading);
}

}  // namespace xconn::importing
