// SPDX-License-Identifier: Apache-2.0
// What Virtual WAN hubs do with their tables, in what a lab has: VNets that reach each other are peered, routes to
// appliances are user routes, and what a hub's router does beyond that is said.
#include <algorithm>

#include "base/azure.hh"
#include "base/join.hh"
#include "importing/objects/hub_tables.hh"
#include "importing/objects/hubs.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

/// Where the firewall or the appliance of a hub stands.
constexpr std::string_view kFilterSubnets[] = {"AzureFirewallSubnet", "AzureNvaSubnet"};

class Hubs {
 public:
  explicit Hubs(Draft& draft) : draft_(draft), wan_(draft.wan), told_(draft) {}

  void play() {
    add_silent_branches();
    for (auto& connection : wan_.connections) pass_statics_on(connection);
    for (const auto& connection : wan_.connections) join_hub(connection);
    for (std::size_t i = 0; i < wan_.connections.size(); ++i)
      for (std::size_t j = i + 1; j < wan_.connections.size(); ++j) join(wan_.connections[i], wan_.connections[j]);
    for (const auto& connection : wan_.connections) tell_vnet(connection);
    for (const auto& hub : wan_.hubs) tell_gateways(hub);
    for (const auto& hub : wan_.hubs) join_firewalls(hub);
    told_.write();
    report();
  }

 private:
  // --- who reaches whom ----------------------------------------------------------------------------------------------

  /// A gateway without connections is one to which somebody may connect.
  void add_silent_branches() {
    for (const auto& hub : wan_.hubs) {
      if (!has_gateway(draft_, hub.vnet) || std::ranges::count(wan_.branches, hub.vnet, &HubMember::hub) > 0) continue;
      wan_.branches.push_back({hub.vnet, table_of(hub.id, draft_), {}, {"default"}});
    }
  }

  void pass_statics_on(const HubConnection& connection) {
    if (!connection.passes_statics) return;
    const HubMember from = connection;
    for (auto& [key, table] : wan_.tables)
      if (wan_.knows({from.hub, key, {}, {}}, from))
        table.routes.insert(table.routes.end(), connection.statics.begin(), connection.statics.end());
  }

  bool is_guarded(const HubMember& who) const { return wan_.hub(who.hub)->private_hop.has_value(); }

  bool knows(const HubMember& who, const HubMember& other) const {
    return !is_guarded(who) && !is_guarded(other) && wan_.knows(who, other);
  }

  /// Whether any of the hub's branches ...
  template <class Is>
  bool any_branch(const std::string& hub, Is is) const {
    return std::ranges::any_of(wan_.branches, [&](const HubMember& branch) { return branch.hub == hub && is(branch); });
  }

  const std::vector<Prefix>& space_of(const HubConnection& connection) const {
    return find_named(draft_.topology.vnets, connection.vnet)->address_space;
  }

  /// The routes that somebody wrote for whoever has this table, those of routing intent first.
  std::vector<HubRoute> statics_of(const HubMember& who) const {
    std::vector<HubRoute> out;
    const auto& hub = *wan_.hub(who.hub);
    if (hub.private_hop)
      for (const auto& prefix : hub.private_space) out.push_back({hub.where, prefix, {}, hub.private_hop});
    if (hub.public_hop) out.push_back({hub.where, Prefix(), {}, hub.public_hop});
    const auto& own = wan_.tables.at(who.table).routes;
    out.insert(out.end(), own.begin(), own.end());
    return out;
  }

  const HubConnection* connection_of(const HubRoute& route) const {
    if (!route.next) return nullptr;
    const auto found = std::ranges::find(wan_.connections, draft_.key(*route.next), &HubConnection::key);
    return found == wan_.connections.end() ? nullptr : &*found;
  }

  /// Who takes what this route sends; nullopt when nobody in the files does.
  std::optional<ToldRoute> told(const HubRoute& route) const {
    if (route.hop) return ToldRoute{route.to, route.hop, {}};
    if (const auto* connection = connection_of(route)) {
      const auto holds = [&](const HubRoute& each) { return each.to.contains(route.to); };
      const auto found = std::ranges::find_if(connection->statics, holds);
      return found == connection->statics.end() || !found->hop ? std::nullopt
                                                               : std::optional(ToldRoute{route.to, found->hop, {}});
    }
    if (draft_.name_of(*route.next).empty()) return std::nullopt;
    const auto address = address_of(*route.next, draft_);
    return ToldRoute{route.to, address, address ? std::nullopt : route.next};
  }

  /// A route of the table of `who` that covers a VNet; a default route is for what is nobody's.
  std::optional<HubRoute> static_to(const HubMember& who, const HubConnection& other) const {
    for (const auto& route : statics_of(who))
      for (const auto& prefix : space_of(other))
        if (!route.to.is_default() && route.to.contains(prefix)) return route;
    return std::nullopt;
  }

  /// By what it learns, or by a route to an appliance in that VNet.
  bool reaches(const HubConnection& who, const HubConnection& other) const {
    if (knows(who, other)) return true;
    const auto leads_there = [&](const HubRoute& route) {
      if (connection_of(route) == &other) return true;
      return route.hop &&
             std::ranges::any_of(space_of(other), [&](const Prefix& own) { return own.contains(*route.hop); });
    };
    return std::ranges::any_of(statics_of(who), leads_there);
  }

  // --- peerings ------------------------------------------------------------------------------------------------------

  bool is_peered(const std::string& one, const std::string& other) const {
    const auto& vnet = *find_named(draft_.topology.vnets, one);
    return std::ranges::find(vnet.peerings, other, &model::VnetPeering::remote) != vnet.peerings.end();
  }

  model::VnetPeering& peer(const std::string& from, const std::string& to, const std::string& comment) {
    auto& peering = find_named(draft_.topology.vnets, from)->peerings.emplace_back();
    peering.name = draft_.free_name("to-" + to, "peering of " + from);
    peering.remote = to;
    peering.allow_forwarded_traffic = true;
    draft_.comment("vnets/" + from + "/peerings/" + peering.name, comment);
    return peering;
  }

  /// Why a VNet cannot use the gateways of its hub; empty when it can.
  std::string why_no_gateway(const HubConnection& connection) const {
    const auto& vnet = *find_named(draft_.topology.vnets, connection.vnet);
    if (has_gateway(draft_, vnet.name)) return "its VNet has a gateway of its own";
    if (std::ranges::any_of(vnet.peerings, &model::VnetPeering::use_remote_gateways))
      return "its VNet uses the gateway of another VNet";
    return {};
  }

  /// Whether branches have a way to the VNet, or the VNet one to branches.
  bool uses_gateways(const HubConnection& connection) {
    if (!connection.uses_gateways || !has_gateway(draft_, connection.hub)) return false;
    const auto hears = [&](const HubMember& branch) {
      return knows(branch, connection) || static_to(branch, connection);
    };
    const auto tells = [&](const HubMember& branch) { return knows(connection, branch); };
    const bool is_known = any_branch(connection.hub, hears);
    auto why = why_no_gateway(connection);
    if (why.empty() && !is_known && any_branch(connection.hub, tells))
      why = "it learns what branches announce, but the table of the branches does not learn of it";
    if (!why.empty())
      draft_.notes.add_alike({connection.where, "hub connection " + connection.name, "", "", why,
                              "its VNet does not reach the branches of hub " + connection.hub},
                             "their VNets do not reach the branches of their hubs");
    return why.empty() && is_known;
  }

  void join_hub(const HubConnection& connection) {
    if (is_peered(connection.vnet, connection.hub)) return;
    const bool uses = uses_gateways(connection);
    auto& own = peer(connection.vnet, connection.hub, "its connection to the Virtual WAN hub");
    own.use_remote_gateways = uses;
    auto& hubs = peer(connection.hub, connection.vnet, "hub connection " + connection.name);
    hubs.allow_gateway_transit = has_gateway(draft_, connection.hub);
  }

  void join(const HubConnection& one, const HubConnection& other) {
    if (one.vnet == other.vnet || is_peered(one.vnet, other.vnet)) return;
    if (is_guarded(one) != is_guarded(other) && wan_.knows(one, other)) return tell_of_one_guard(one, other);
    const bool there = reaches(one, other), back = reaches(other, one);
    if (!there && !back) return;
    if (wan_.hub(one.hub)->is_basic || wan_.hub(other.hub)->is_basic) return tell_of_basic(one);
    if (there != back) return join_one_way(there ? one : other, there ? other : one);
    joined_[one.hub].insert(one.vnet + " and " + other.vnet);
    peer(one.vnet, other.vnet, "through the Virtual WAN hub");
    peer(other.vnet, one.vnet, "through the Virtual WAN hub");
  }

  void tell_of_basic(const HubConnection& connection) {
    if (is_basic_told_) return;
    is_basic_told_ = true;
    draft_.notes.add({connection.where, "hub " + connection.hub, "sku", "Basic",
                      "a Basic Virtual WAN does not route between VNets", "its VNets are not peered with each other"});
  }

  void tell_of_one_guard(const HubConnection& one, const HubConnection& other) {
    draft_.notes.add_alike({one.where, "VNets " + one.vnet + " and " + other.vnet, "", "",
                            "one hub has routing intent for private traffic, and the other has none",
                            "they are not peered, and do not reach each other"},
                           "they are not peered, and do not reach each other");
  }

  /// By a static route to a firewall or an appliance that is carried over.
  bool is_filtered(const HubMember& who, const HubConnection& other) const {
    const auto route = static_to(who, other);
    return route && told(*route).has_value();
  }

  /// What one learns is longer than what leads the other to the firewall.
  void join_one_way(const HubConnection& knows, const HubConnection& known) {
    if (!is_filtered(known, knows)) return tell_of_one_way(knows, known);
    const bool both = is_filtered(knows, known);
    draft_.notes.add_alike(
        {known.where, "VNets " + knows.vnet + " and " + known.vnet, "", "",
         "the table of one learns of the other, which answers by a firewall: in Azure the two ways differ",
         both ? "both ways pass the firewall" : "they are not peered, and do not reach each other"},
        both ? "both ways pass the firewall" : "they are not peered, and do not reach each other");
  }

  void tell_of_one_way(const HubConnection& knows, const HubConnection& known) {
    draft_.notes.add_alike(
        {known.where, "VNets " + knows.vnet + " and " + known.vnet, "", "",
         "the table of one learns of the other, and not the other way round, which a peering cannot say",
         "they are not peered: " + knows.vnet + " gets no answer from " + known.vnet + " in Azure either"},
        "they are not peered: in Azure such packets get no answer either");
  }

  // --- user routes ---------------------------------------------------------------------------------------------------

  void tell_vnet(const HubConnection& connection) {
    Told out;
    out.name = connection.hub + "-routes";
    for (const auto& route : statics_of(connection)) {
      if (route.to.is_default() && !connection.takes_default) continue;
      const auto way = told(route);
      if (!way) tell_of_nobody(connection, route);
      if (way && !is_own(connection, *way)) add(out, *way);
    }
    const auto tells = [&](const HubMember& branch) { return knows(connection, branch); };
    out.learns = !uses_hubs_gateway(connection) || any_branch(connection.hub, tells);
    told_.tell_vnet(connection.vnet, out);
  }

  bool uses_hubs_gateway(const HubConnection& connection) const {
    const auto& peerings = find_named(draft_.topology.vnets, connection.vnet)->peerings;
    const auto found = std::ranges::find(peerings, connection.hub, &model::VnetPeering::remote);
    return found != peerings.end() && found->use_remote_gateways;
  }

  static void add(Told& out, const ToldRoute& route) {
    if (std::ranges::find(out.routes, route.to, &ToldRoute::to) == out.routes.end()) out.routes.push_back(route);
  }

  /// The appliance stands in the VNet itself.
  bool is_own(const HubConnection& connection, const ToldRoute& route) const {
    return route.hop &&
           std::ranges::any_of(space_of(connection), [&](const Prefix& own) { return own.contains(*route.hop); });
  }

  /// To a VNet itself needs no appliance: reaches() knows it.
  bool is_to_vnet(const HubRoute& route) const {
    const auto* next = connection_of(route);
    return next != nullptr &&
           std::ranges::any_of(space_of(*next), [&](const Prefix& own) { return own.overlaps(route.to); });
  }

  void tell_of_nobody(const HubConnection& connection, const HubRoute& route) {
    const auto* next = connection_of(route);
    if (is_to_vnet(route) && !route.to.is_default()) return;
    if (!lost_.insert(connection.hub + route.to.text()).second) return;
    draft_.notes.add_alike(
        {route.where, "hub " + connection.hub, "routes", route.to.text(),
         next != nullptr ? "goes to hub connection " + next->name + ", which has no static route for it"
                         : "goes to " + route.next->name() + ", which is not carried over",
         "the route was left out"},
        "the routes were left out");
  }

  /// What comes from branches goes the way that the default table says, which for a lab's gateway are the routes of its
  /// subnet.
  void tell_gateways(const Hub& hub) {
    if (!has_gateway(draft_, hub.vnet)) return;
    const auto branch = std::ranges::find(wan_.branches, hub.vnet, &HubMember::hub);
    Told out;
    out.name = hub.vnet + "-gateway-routes";
    for (const auto& connection : wan_.connections) {
      if (connection.hub != hub.vnet || knows(*branch, connection)) continue;
      const auto route = static_to(*branch, connection);
      const auto way = route ? told(*route) : std::nullopt;
      if (!way || is_own(connection, *way)) continue;
      for (const auto& prefix : space_of(connection)) add(out, {prefix, way->hop, way->owner});
    }
    for (const auto& route : statics_of(*branch))
      if (const auto way = told(route);
          way && (route.hop || connection_of(route) != nullptr) && !route.to.is_default()) {
        add(out, *way);
        unannounced_[hub.vnet].insert(route.to.text());
      }
    told_.tell({hub.vnet, azure::kGatewaySubnet}, out);
  }

  /// With routing intent on both sides, hubs reach each other's VNets by both firewalls.
  bool is_beyond(const Hub& one, const Hub& other) const {
    return &one != &other && one.private_hop && other.private_hop && one.wan == other.wan;
  }

  void join_firewalls(const Hub& own) {
    const auto* vnet = find_named(draft_.topology.vnets, own.vnet);
    Told out;
    out.name = own.vnet + "-firewall-routes";
    for (const auto& far : wan_.hubs) {
      if (!is_beyond(own, far)) continue;
      peer(own.vnet, far.vnet, "hub to hub");
      const auto way = told({far.where, Prefix(), {}, far.private_hop});
      for (const auto& connection : wan_.connections)
        if (way && connection.hub == far.vnet)
          for (const auto& prefix : space_of(connection)) add(out, {prefix, way->hop, way->owner});
    }
    for (const auto& subnet : kFilterSubnets)
      if (find_named(vnet->subnets, std::string(subnet)) != nullptr) told_.tell({own.vnet, std::string(subnet)}, out);
  }

  // --- what a lab does not play --------------------------------------------------------------------------------------

  void report() {
    for (const auto& [hub, pairs] : joined_) {
      const auto count = std::to_string(pairs.size());
      draft_.assume(
          {wan_.hub(hub)->where, "hub " + hub, "", "", "a hub's router, which passes on between VNets, is not played",
           (pairs.size() == 1 ? "VNets that reach each other by it are peered instead: "
                              : count + " pairs of VNets that reach each other by it are peered instead: ") +
               joined(pairs)},
          "vnets/" + hub);
    }
    for (const auto& hub : wan_.hubs) {
      if (is_first_of_wan(hub)) report_branches(hub);
      report_preference(hub);
      report_unannounced(hub);
    }
  }

  void report_unannounced(const Hub& hub) {
    const auto found = unannounced_.find(hub.vnet);
    if (found == unannounced_.end()) return;
    draft_.notes.add({hub.where, "hub " + hub.vnet, "routes", "",
                      "static routes to appliances are announced to branches in Azure, and by a lab's gateway not: " +
                          joined(found->second),
                      "on-prem does not learn them; `routes` of its router say them"});
  }

  /// A VNet with both gateways prefers ExpressRoute.
  void report_preference(const Hub& hub) {
    const bool is_usual = hub.preference.empty() || same_word(hub.preference, "ExpressRoute");
    if (is_usual || std::ranges::count(draft_.topology.gateways, hub.vnet, &model::Gateway::vnet) < 2) return;
    draft_.notes.add({hub.where, "hub " + hub.vnet, "hubRoutingPreference", hub.preference, "is not modelled",
                      "where both gateways learn a prefix, ExpressRoute is preferred"});
  }

  bool is_first_of_wan(const Hub& hub) const { return &*std::ranges::find(wan_.hubs, hub.wan, &Hub::wan) == &hub; }

  /// Of whatever is at a WAN there must be two, and one of them a branch.
  void report_branches(const Hub& first) {
    const auto is_of = [&](const std::string& vnet) {
      const auto* hub = wan_.hub(vnet);
      return hub != nullptr && hub->wan == first.wan;
    };
    std::set<std::string> hubs;
    std::ptrdiff_t gateways = 0;
    for (const auto& gateway : draft_.topology.gateways)
      if (is_of(gateway.vnet)) ++gateways, hubs.insert(gateway.vnet);
    const bool is_beyond = std::ranges::any_of(wan_.connections, [&](const HubConnection& connection) {
      return is_of(connection.hub) && (hubs.size() > 1 || !hubs.contains(connection.hub));
    });
    if (gateways == 0 || (gateways < 2 && !is_beyond)) return;
    draft_.notes.add({first.where, "hub " + first.vnet, "", "",
                      "what a hub's router passes on between branches, and between branches and the VNets of another "
                      "hub, is not played",
                      "branches reach the VNets of their own hub"});
  }

  Draft& draft_;
  VirtualWan& wan_;
  ToldSubnets told_;
  std::map<std::string, std::set<std::string>> joined_;       ///< pairs, by the hub of the first
  std::map<std::string, std::set<std::string>> unannounced_;  ///< by hub
  std::set<std::string> lost_;
  bool is_basic_told_ = false;
};

}  // namespace

void play_hubs(Draft& draft) {
  if (draft.wan.hubs.empty()) return;
  Hubs(draft).play();
  report_unknown_tables(draft);
}

}  // namespace xconn::importing
