// SPDX-License-Identifier: Apache-2.0
// The one form that all kinds of input are brought into: Azure resources with properties in ARM's own words.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "importing/text/json.hh"
#include "importing/text/notes.hh"
#include "model/raw.hh"

namespace xconn::importing {

/// The region of what no file gives one; no region is called so.
constexpr const char* kNowhere = "unknown-location";

/// What a resource id names:
/// /subscriptions/S/resourceGroups/G/providers/Microsoft.Network/virtualNetworks/hub/subnets/a is group G, type
/// microsoft.network/virtualnetworks/subnets, names {hub, a}.
struct ResourceId {
  std::string group;  ///< empty when nobody knows it
  std::string type;   ///< lower case
  std::vector<std::string> names;

  /// nullopt when it is no id.
  static std::optional<ResourceId> parse(std::string_view text);
  std::string text() const;
  std::string name() const { return names.empty() ? "" : names.back(); }
  /// "hub/app"
  std::string path() const;
  /// Of the resource that this one is a part of: the VNet of a subnet.
  ResourceId parent() const;
  /// A part of it: `child("subnets", "app")`.
  ResourceId child(std::string_view kind, const std::string& name) const;
};

/// What stands for the private address that Azure gives to a NIC, a firewall or a balancer's frontend: no file says it,
/// and the lab chooses one. Whose it is, is in it.
std::string open_address(const ResourceId& owner);
/// nullopt when it is no such text.
std::optional<ResourceId> owner_of_address(std::string_view text);

struct Resource {
  ResourceId id;
  model::RawPtr body;  ///< a map; ARM keeps properties in `properties`, az beside the name
  model::Position at;
};

/// A row of a read-out: list-arp-tables, list-route-tables, list-learned-routes, list-bgp-peer-status ...
struct ReadOut {
  std::string kind;
  model::RawPtr row;
};

class Inventory {
 public:
  explicit Inventory(Notes& notes) : notes_(notes) {}

  /// With all that is in it (a VNet's subnets and peerings) as resources of their own. One that is there already is
  /// completed by what the new one has more; where they differ, the first counts and there is a note.
  void add(Resource resource);
  void add_read_out(std::string kind, model::RawPtr row) { read_outs_.push_back({std::move(kind), std::move(row)}); }

  const std::vector<Resource>& resources() const { return resources_; }
  const std::vector<ReadOut>& read_outs() const { return read_outs_; }
  bool empty() const { return resources_.empty() && read_outs_.empty(); }
  /// By id; a group that is not known on one of the two sides is no difference.
  const Resource* find(const ResourceId& id) const;

 private:
  void add_parts(const Resource& resource);
  void add_expanded(const Resource& resource);
  void complete(Resource& known, const Resource& other);
  std::optional<std::size_t> place_of(const ResourceId& id) const;

  Notes& notes_;
  std::vector<Resource> resources_;
  std::multimap<std::string, std::size_t> places_;  ///< by type and names, lower case
  std::vector<ReadOut> read_outs_;
};

/// Looks a property up wherever it may stand: in the body, or in its `properties`. nullptr when it is absent or null.
const model::Raw* property(const model::Raw& body, std::string_view name);

/// The same along "sku.name".
const model::Raw* property_at(const model::Raw& body, std::string_view path);

/// Whether a property says something: not null, not "", not false, not 0, not an empty list or map.
bool says_something(const model::Raw& raw);

/// Keys that every resource has and that no packet ever feels: etag, tags, provisioningState ...
bool is_bookkeeping(std::string_view key);

}  // namespace xconn::importing
