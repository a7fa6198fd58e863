// SPDX-License-Identifier: Apache-2.0
// What a topology must obey beyond the spelling of its words, and what else Azure's rules say: of a change of a lab, of
// a read-out. One row per rule; a finding carries the row's code, statement and source. The "V" codes are Azure's own
// rules, the "T" codes those of any network or of this file format.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>

#include "model/findings.hh"
#include "model/topology.hh"

namespace xconn::model {

class Check;

/// What is judged. A file is judged by this folder; a change of a running lab, from one topology to the next, by
/// azure/guards.hh and the agent; a read-out by az/.
enum class When { kFile, kChange, kReadOut };

struct RuleRow {
  std::string_view code;
  std::string_view statement;       ///< a full clause
  std::string_view source;          ///< the public document it comes from
  void (*check)(Check&) = nullptr;  ///< of a file
  When when = When::kFile;
  std::string_view says{};  ///< Azure's own words, where they are known
};

std::span<const RuleRow> rules();
/// A rule of files whose breach can be built, and so rehearsed: `expect-broken` takes no others.
struct Rehearsable {
  std::string_view code;
  std::string_view how;  ///< it is broken
};
std::span<const Rehearsable> rehearsable_rules();
/// The row of that code. There is one for each thing that is judged.
const RuleRow& rule(std::string_view code, When when);
/// What is wrong, said by that row. `says`: which of Azure's sentences, or none.
Finding finding_of(const RuleRow& row, std::string object, std::string field, std::string value, std::string remedy,
                   std::string_view says = {});

/// Runs every rule over what could be read; a field that reading has reported already is not reported again.
void check_rules(const Topology& topology, const Raw& root, Findings& findings);

/// What a check sees. `topology` may be incomplete where reading failed: an unread prefix is 0.0.0.0/0, an unread
/// address 0.0.0.0, an unread name empty; checks pass over those.
class Check {
 public:
  Check(const Topology& topology, const Raw& root, Findings& findings);

  const Topology& topology;
  void begin(const RuleRow& row) { row_ = &row; }
  void report(const Path& path, std::string value, std::string remedy);
  /// `says`: which of the row's sentences of Azure fits here.
  void report(const Path& path, std::string value, std::string remedy, std::string_view says);

  const Node* node(const std::string& name) const;
  const Vnet* vnet(const std::string& name) const;
  const Subnet* subnet(const SubnetRef& ref) const;
  /// How many links, customer's ports and load balancers hang on that end, with the paths to them.
  const std::vector<Path>& uses(const End& end) const;

 private:
  void note(const End& end, Path path);

  const Raw& root_;
  Findings& findings_;
  const RuleRow* row_ = nullptr;
  std::unordered_map<std::string, const Node*> nodes_;
  std::unordered_map<std::string, const Vnet*> vnets_;
  std::unordered_map<std::string, std::vector<Path>> uses_;
};

template <class T>
const T* find_named(const std::vector<T>& all, std::string_view name) {
  for (const auto& one : all)
    if (one.name == name) return &one;
  return nullptr;
}

template <class T>
std::vector<std::string_view> names_in(const std::vector<T>& all) {
  std::vector<std::string_view> names;
  for (const auto& one : all) names.emplace_back(one.name);
  return names;
}

/// False for what could not be read.
inline bool is_read(const Address& address) { return address != Address{}; }
inline bool is_read(const Prefix& prefix) { return !prefix.is_default(); }
inline bool is_read(const InterfaceAddress& address) { return address.length() >= 0 && is_read(address.address()); }

/// Whether the two have an address in common; much faster than Prefix::overlaps over many.
struct Span {
  Address first, last;
  explicit Span(const Prefix& prefix) : first(prefix.network()), last(prefix.last()) {}
  bool meets(const Span& other) const {
    return first.is_v4() == other.first.is_v4() && first <= other.last && other.first <= last;
  }
};

inline std::string text_of(const End& end) { return end.node + ":" + end.interface; }

// The checks, by file.
namespace wiring {
void names(Check&);
void interface_names(Check&);
void file_names(Check&);
void duplicates(Check&);
void link_nodes(Check&);
void link_interfaces(Check&);
void single_use(Check&);
void connected(Check&);
void parents(Check&);
void tunnel_names(Check&);
void two_ends(Check&);
}  // namespace wiring
namespace addresses {
void lengths(Check&);
void host_part(Check&);
void in_subnet(Check&);
void subnet_lengths(Check&);
void unique(Check&);
void next_hops(Check&);
void subnets_overlap(Check&);
void within_space(Check&);
void networks_overlap(Check&);
void peerings_overlap(Check&);
// rules_segments.cc
void networks_of_node(Check&);
void networks_of_segment(Check&);
}  // namespace addresses
namespace azure_rules {
void references(Check&);
// rules_circuit.cc
void bandwidth(Check&);
void families(Check&);
void circuit_links(Check&);
void circuit_reach(Check&);
void circuits_of_vnet(Check&);
void circuit_names(Check&);
void address_spaces(Check&);
void fast_path(Check&);
void global_reach(Check&);
void filter_rules(Check&);
void office_communities(Check&);
// rules_provider.cc
void provider_ports(Check&);
// rules_peering.cc
void peering_networks(Check&);
void customer_address(Check&);
void public_networks(Check&);
void peer_asn(Check&);
void customer_asn(Check&);
void provider_asn(Check&);
void vlans(Check&);
void one_vlan(Check&);
void md5_same(Check&);
void md5_text(Check&);
void advertised_prefixes(Check&);
void registries(Check&);
void validation(Check&);
// rules_gateway.cc
void gateway_subnet(Check&);
void gateway_security(Check&);
void gateway_routes(Check&);
void gateway_skus(Check&);
void one_gateway(Check&);
void instances(Check&);
void public_addresses(Check&);
void vpn_bgp(Check&);
void local_prefixes(Check&);
// rules_connection.cc
void gateway_type(Check&);
void weight(Check&);
void connection_keys(Check&);
void connection_times(Check&);
void one_authorization(Check&);
void private_tunnels(Check&);
// rules_vnet.cc
void next_hop_types(Check&);
void peered_overlap(Check&);
void peering_pairs(Check&);
void remote_gateways(Check&);
void gateway_transit(Check&);
void own_or_remote(Check&);
void security_priorities(Check&);
void nic_keys(Check&);
void sizes(Check&);
// rules_balancer.cc
void ha_ports(Check&);
void balancer_protocols(Check&);
void idle_flows(Check&);
}  // namespace azure_rules
namespace edge {
void psk(Check&);
void tunnel_ends(Check&);
void sdwan_names(Check&);
void sdwan_routes(Check&);
void sdwan_ports(Check&);
void sdwan_applications(Check&);
void sdwan_limits(Check&);
void sdwan_ipv4(Check&);
void selectors(Check&);
void pairs(Check&);
void pairs_agree(Check&);
void bgp_timers(Check&);
// rules_sessions.cc
void bgp_ends(Check&);
void bgp_connected(Check&);
void both_tunnels(Check&);
}  // namespace edge

}  // namespace xconn::model
