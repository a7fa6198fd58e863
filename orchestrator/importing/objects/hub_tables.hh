// SPDX-License-Identifier: Apache-2.0
// User routes that subnets get beside those that they have: what a hub would tell them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "importing/objects/draft.hh"

namespace xconn::importing {

/// To an appliance at `hop`, or to whatever address the lab gives to `owner`.
struct ToldRoute {
  Prefix to;
  std::optional<Address> hop;
  std::optional<ResourceId> owner;
};

/// What a subnet is told, and whether it learns what gateways do.
struct Told {
  std::vector<ToldRoute> routes;
  bool learns = true;
  std::string name;  ///< of the table, when the subnet has none
};

/// Collects what each subnet is told, then writes it: into the subnet's own route table when all of its subnets are
/// told the same, else into one of its own.
class ToldSubnets {
 public:
  explicit ToldSubnets(Draft& draft) : draft_(draft) {}

  /// All subnets of the VNet but those of Azure's own services.
  void tell_vnet(const std::string& vnet, const Told& told);
  void tell(const network::SubnetRef& subnet, const Told& told);
  void write();

 private:
  using Key = std::pair<std::string, std::string>;  ///< a subnet
  std::string signature(const Told& told) const;
  bool is_told_alike(const std::string& table) const;
  std::string table_for(const std::string& own, const Told& told);
  std::string copy_of(const std::string& own, const Told& told);
  void add_routes(const std::string& table, const Told& told);

  Draft& draft_;
  std::map<Key, Told> told_;
  std::map<std::pair<std::string, std::string>, std::string> made_;  ///< by table and signature
};

/// Tables and labels that connections and gateways name, and the files do not have.
void report_unknown_tables(Draft& draft);

}  // namespace xconn::importing
