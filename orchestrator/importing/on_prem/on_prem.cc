// SPDX-License-Identifier: Apache-2.0
// The customer's side, which no file of Azure's has: a router for each AS number with the ports of its circuits, a VPN
// device for each local gateway, a LAN with a client behind them, and the Internet between public addresses.
#include "importing/on_prem/on_prem.hh"

#include <algorithm>
#include <set>

#include "base/azure.hh"
#include "importing/on_prem/sites.hh"

namespace xconn::importing {
namespace {

constexpr const char* kInternet = "internet";
constexpr int kLongestLan = 29, kLanLength = 24;

Route route_to(const Prefix& prefix, NextHop hop, std::uint32_t metric = 0) {
  Route route;
  route.to = prefix;
  route.next_hops.push_back(std::move(hop));
  route.metric = metric;
  return route;
}

/// Builds one site.
class Customer {
 public:
  Customer(const OnPremSite& site, const std::string& name, Draft& draft) : site_(site), name_(name), draft_(draft) {}

  void build() {
    collect_prefixes();
    choose_lan();
    add("lan", "switch");
    const auto client = add("client", "host");
    for (const auto& circuit : site_.circuits) add_circuit(*find_named(draft_.topology.circuits, circuit));
    for (const auto& local : site_.local_gateways) add_device(*find_named(draft_.topology.local_gateways, local));
    give_way_out(client);
  }

 private:
  std::string add(const std::string& part, const std::string& role) {
    auto& node = draft_.topology.nodes.emplace_back();
    node.name = draft_.free_name(name_ + "-" + part);
    node.role = role;
    node.site = "on-prem";
    if (role == "switch") switch_ = node.name;
    return node.name;
  }

  network::Node& node(const std::string& name) { return *find_named(draft_.topology.nodes, name); }

  void collect_prefixes() {
    const auto append = [&](const std::vector<Prefix>& more) {
      for (const auto& prefix : more)
        if (std::ranges::find(prefixes_, prefix) == prefixes_.end()) prefixes_.push_back(prefix);
    };
    for (const auto& circuit : site_.circuits) append(draft_.learned[circuit]);
    for (const auto& local : site_.local_gateways)
      append(find_named(draft_.topology.local_gateways, local)->address_space);
    leave_azure_out();
  }

  /// What of the files has this customer behind it.
  Where where() const {
    return site_.circuits.empty() ? find_named(draft_.topology.local_gateways, site_.local_gateways.front())->where
                                  : find_named(draft_.topology.circuits, site_.circuits.front())->where;
  }

  /// A device of a file may well stand in a VNet of the same files, and a lab's stands on-prem [V13].
  void leave_azure_out() {
    std::erase_if(prefixes_, [&](const Prefix& prefix) {
      if (prefix.is_default() || !meets_azure(prefix)) return false;
      draft_.notes.add({where(), "customer " + name_, "", "",
                        prefix.text() + " is of a VNet or a peering in the files, and a lab's on-prem cannot have it",
                        "it was left out of what it announces"});
      return true;
    });
  }

  bool meets_azure(const Prefix& prefix) const {
    for (const auto& vnet : draft_.topology.vnets)
      for (const auto& space : vnet.address_space)
        if (space.overlaps(prefix)) return true;
    for (const auto& circuit : draft_.topology.circuits)
      for (const auto* peering : {&circuit.private_peering, &circuit.microsoft_peering})
        if (*peering && ((*peering)->primary.overlaps(prefix) || (*peering)->secondary.overlaps(prefix))) return true;
    return false;
  }

  static Prefix lan_in(const Prefix& prefix) {
    return Prefix::of(prefix.network(), std::max(prefix.length(), kLanLength));
  }

  /// One of the customer's prefixes, the first that can hold a LAN; else a free one.
  void choose_lan() {
    constexpr int kShortest = 8;
    const auto fits = [&](const Prefix& prefix) {
      return prefix.length() >= kShortest && prefix.length() <= kLongestLan && !meets_azure(prefix) &&
             draft_.is_unused(lan_in(prefix));
    };
    const auto found = std::ranges::find_if(prefixes_, fits);
    is_assumed_ = found == prefixes_.end();
    lan_ = is_assumed_ ? draft_.free_network(kLanLength) : lan_in(*found);
    if (is_assumed_) prefixes_.push_back(lan_);
    draft_.take(lan_);
    draft_.notes.add(
        {where(),
         "customer " + name_,
         "",
         "",
         "Azure's files do not have the customer's side",
         std::string(is_assumed_ ? "a LAN was assumed: " : "a LAN was made in one of its prefixes: ") + lan_.text(),
         {},
         Outcome::kMade});
  }

  Address next_address() {
    const auto is_taken = [&](const Address& address) { return std::ranges::find(taken_, address) != taken_.end(); };
    std::uint32_t i = 1;
    while (is_taken(lan_.host(i))) ++i;
    return lan_.host(i);
  }

  void plug(const std::string& name, const std::string& interface, const Address& address) {
    taken_.push_back(address);
    auto& lan = node(name).interfaces.emplace_back();
    lan.name = interface;
    lan.addresses = {InterfaceAddress(address, lan_.length())};
    draft_.topology.links.push_back({{}, {name, interface}, {switch_, "p" + std::to_string(++ports_)}, {}, {}});
    if (is_assumed_) draft_.comment("nodes/" + name + "/interfaces/" + interface, "assumed");
  }

  /// The router of this AS number; it has the ports of all circuits with it.
  std::string router_of(Asn asn) {
    for (const auto& name : routers_)
      if (node(name).bgp && node(name).bgp->asn == asn) return name;
    const auto name = add("ce", "router");
    plug(name, "lan", next_address());
    node(name).bgp = network::Bgp{asn, {}, prefixes_, {}, {}, {}};
    routers_.push_back(name);
    return name;
  }

  /// Azure knows only the AS of a provider's router, so the customer behind it gets one of its own.
  static Asn behind(Asn provider) {
    const auto usual = *Asn::of(65001);
    return provider == usual ? *Asn::of(65002) : usual;
  }

  const model::Provider* routing_provider(const model::Circuit& circuit) const {
    const auto* provider = find_named(draft_.topology.providers, circuit.provider);
    return provider != nullptr && provider->asn ? provider : nullptr;
  }

  /// A managed layer-3 provider hands over untagged, on a network of its own, and speaks BGP there.
  void add_routed_circuit(model::Circuit& circuit, Asn provider) {
    constexpr int kLength = 30;
    const auto name = router_of(behind(provider));
    const auto number = ++pairs_[name] == 1 ? "" : std::to_string(pairs_[name]);
    circuit.customer_primary = {name, "pri" + number};
    circuit.customer_secondary = {name, "sec" + number};
    for (const auto* port : {&circuit.customer_primary, &circuit.customer_secondary}) {
      const auto network = draft_.free_network(kLength);
      auto& interface = node(name).interfaces.emplace_back();
      interface.name = port->interface;
      interface.addresses = {InterfaceAddress(network.host(1), kLength)};
      node(name).bgp->neighbors.push_back({.address = network.host(2), .asn = provider});
      draft_.comment("nodes/" + name + "/interfaces/" + port->interface, "assumed: Azure does not know it");
    }
  }

  void add_circuit(model::Circuit& circuit) {
    if (const auto* provider = routing_provider(circuit)) return add_routed_circuit(circuit, *provider->asn);
    const auto* any = circuit.private_peering ? &circuit.private_peering : &circuit.microsoft_peering;
    const auto name = router_of(*any ? (*any)->peer_asn : *Asn::of(65001));
    auto* port = circuit.port.empty() ? nullptr : find_named(draft_.topology.direct_ports, circuit.port);
    auto& primary = port == nullptr ? circuit.customer_primary : port->customer_primary;
    auto& secondary = port == nullptr ? circuit.customer_secondary : port->customer_secondary;
    if (primary.node.empty()) {
      const auto number = ++pairs_[name] == 1 ? "" : std::to_string(pairs_[name]);
      primary = {name, "pri" + number};
      secondary = {name, "sec" + number};
    }
    const bool is_double = port != nullptr && port->encapsulation == model::Encapsulation::kQinQ;
    for (const auto* peering : {&circuit.private_peering, &circuit.microsoft_peering})
      if (*peering) {
        add_path(circuit, **peering, (*peering)->primary, (*peering)->primary_v6, primary, is_double);
        add_path(circuit, **peering, (*peering)->secondary, (*peering)->secondary_v6, secondary, is_double);
      }
    if (circuit.microsoft_peering) translate(name, *circuit.microsoft_peering, primary, secondary);
  }

  /// A sub-interface, and a session to Microsoft's side of it.
  void add_path(const model::Circuit& circuit, const model::Peering& peering, const Prefix& network,
                const std::optional<Prefix>& v6, const End& port, bool is_double) {
    auto& router = node(port.node);
    auto& sub = router.interfaces.emplace_back();
    sub.name = port.interface + "." + std::to_string(peering.vlan);
    sub.parent = port.interface;
    if (is_double) {
      sub.name = port.interface + "." + std::to_string(circuit.s_tag) + "." + std::to_string(peering.vlan);
      sub.tags.push_back({static_cast<std::uint16_t>(circuit.s_tag), 0x8100});
    }
    sub.tags.push_back({static_cast<std::uint16_t>(peering.vlan), 0x8100});
    sub.addresses = {InterfaceAddress(network.host(1), network.length())};
    add_session(router, peering, network);
    if (!v6) return;
    sub.addresses.emplace_back(v6->host(1), v6->length());
    add_session(router, peering, *v6);
  }

  void add_session(network::Node& router, const model::Peering& peering, const Prefix& network) {
    network::BgpNeighbor neighbor{.address = network.host(2), .asn = *Asn::of(azure::kMicrosoftAsn)};
    neighbor.bfd = peering.bfd;
    neighbor.password = peering.md5;
    neighbor.announce = peering.advertised_prefixes.empty() ? prefixes_ : peering.advertised_prefixes;
    std::erase_if(neighbor.announce, [&](const Prefix& prefix) { return prefix.is_v4() != network.is_v4(); });
    router.bgp->neighbors.push_back(std::move(neighbor));
  }

  /// Microsoft peering takes public addresses only, so the router translates to one of them.
  void translate(const std::string& name, const model::Peering& peering, const End& primary, const End& secondary) {
    if (peering.advertised_prefixes.empty()) return;
    auto& router = node(name);
    const auto& pool = peering.advertised_prefixes.front();
    for (const auto& prefix : peering.advertised_prefixes) {
      if (std::ranges::find(router.bgp->advertise, prefix) == router.bgp->advertise.end())
        router.bgp->advertise.push_back(prefix);
    }
    const auto vlan = "." + std::to_string(peering.vlan);
    router.nftables +=
        "table ip customer {\n  chain source {\n    type nat hook postrouting priority srcnat\n    oifname { \"" +
        primary.interface + vlan + "\", \"" + secondary.interface + vlan + "\" } ip saddr " + lan_.text() +
        " snat to " + pool.host(pool.length() == 32 ? 0 : 1).text() + "\n  }\n}\n";
    draft_.comment("nodes/" + name + "/nftables", "assumed: the customer translates to an advertised address");
  }

  void add_device(const model::LocalGateway& local) {
    const auto name = add("vpn", "edge");
    const bool is_here = local.bgp_address && lan_.contains(*local.bgp_address);
    plug(name, "lan", is_here ? *local.bgp_address : next_address());
    routers_.push_back(name);
    auto& wan = node(name).interfaces.emplace_back();
    wan.name = "wan";
    const auto [port, router] = internet_port("p" + std::to_string(++draft_.internet_ports), {local.address}, draft_);
    wan.addresses = {InterfaceAddress(local.address, router.length())};
    node(name).gateway = router.address();
    draft_.topology.links.push_back({{}, {name, "wan"}, port, {}, {}});
    if (local.asn) node(name).bgp = network::Bgp{*local.asn, local.bgp_address, prefixes_, {}, {}, {}};
    for (const auto& connection : draft_.topology.connections)
      if (connection.local_gateway == local.name) add_tunnels(name, local, connection);
  }

  void add_tunnels(const std::string& name, const model::LocalGateway& local, const model::Connection& connection) {
    const auto& gateway = *gateway_of(draft_, connection);
    const auto& ends = connection.use_local_azure_address ? gateway.instances : gateway.public_addresses;
    for (std::size_t i = 0; i < ends.size() && i < (gateway.active_active ? 2U : 1U); ++i) {
      auto& device = node(name);
      network::Tunnel tunnel = tunnel_to(ends[i], local, connection, device);
      const auto& speakers = gateway.apipa.empty() ? gateway.instances : gateway.apipa;
      if (connection.bgp && device.bgp && i < speakers.size()) {
        tunnel.peer_address = speakers[i];
        add_tunnel_session(device, speakers[i], gateway.asn, *local.bgp_address);
      } else {
        for (const auto& prefix : prefixes_behind({gateway.vnet}))
          device.routes.push_back(route_to(prefix, {{}, tunnel.name, false}, static_cast<std::uint32_t>(i)));
      }
      device.tunnels.push_back(std::move(tunnel));
    }
  }

  network::Tunnel tunnel_to(const Address& remote, const model::LocalGateway& local,
                            const model::Connection& connection, const network::Node& device) {
    constexpr int kRetries = 3, kWhole = 32;
    network::Tunnel tunnel;
    tunnel.name = "vpn" + std::to_string(device.tunnels.size() + 1);
    tunnel.local = local.address;
    tunnel.remote = remote;
    tunnel.psk = connection.psk;
    tunnel.initiate = connection.mode != model::ConnectionMode::kInitiatorOnly;
    const auto own = local.bgp_address ? *local.bgp_address : draft_.free_network(30).host(2);
    tunnel.address = InterfaceAddress(own, kWhole);
    // Azure's default policy as it answers (Microsoft Learn, "About VPN devices and IPsec/IKE parameters")
    tunnel.ike_proposals = {"aes256-sha256-modp1024"};
    tunnel.esp_proposals = {"aes256gcm16"};
    if (connection.ipsec_policy) {
      tunnel.ike_proposals = connection.ipsec_policy->ike_proposals;
      tunnel.esp_proposals = connection.ipsec_policy->esp_proposals;
    }
    tunnel.dpd = {connection.dpd_timeout / kRetries, kRetries};
    return tunnel;
  }

  void add_tunnel_session(network::Node& device, const Address& peer, Asn asn, const Address& own) {
    network::BgpNeighbor neighbor{.address = peer, .asn = asn};
    neighbor.ebgp_multihop = true;
    neighbor.source = own;
    neighbor.announce = prefixes_;
    device.bgp->neighbors.push_back(std::move(neighbor));
  }

  /// The client goes by the first router; that one goes by the others where BGP gives it no way.
  void give_way_out(const std::string& client) {
    constexpr std::uint32_t kLast = 250;  // after every route that BGP brings
    if (routers_.empty()) return;
    plug(client, "eth0", next_address());
    const auto address_of = [&](const std::string& name) {
      return node(name).interfaces.front().addresses.front().address();
    };
    node(client).gateway = address_of(routers_.front());
    for (std::size_t i = 1; i < routers_.size(); ++i)
      for (const auto& prefix : azure_prefixes())
        node(routers_.front())
            .routes.push_back(
                route_to(prefix, {address_of(routers_[i]), "lan", false}, kLast + static_cast<std::uint32_t>(i)));
  }

  std::vector<Prefix> azure_prefixes() const { return prefixes_behind(site_.vnets); }

  /// Of these VNets, and of those that use their gateways.
  std::vector<Prefix> prefixes_behind(const std::set<std::string>& vnets) const {
    std::vector<Prefix> out;
    for (const auto& vnet : draft_.topology.vnets) {
      const bool is_behind = std::ranges::any_of(vnet.peerings, [&](const auto& peering) {
        return peering.use_remote_gateways && vnets.contains(peering.remote);
      });
      if (is_behind || vnets.contains(vnet.name))
        out.insert(out.end(), vnet.address_space.begin(), vnet.address_space.end());
    }
    return out;
  }

  const OnPremSite& site_;
  std::string name_;
  Draft& draft_;
  std::vector<Prefix> prefixes_;
  Prefix lan_;
  bool is_assumed_ = false;
  std::string switch_;
  std::vector<Address> taken_;
  std::vector<std::string> routers_;
  std::map<std::string, int> pairs_;
  int ports_ = 0;
};

void connect_gateways(Draft& draft) {
  for (auto& gateway : draft.topology.gateways) {
    if (gateway.type != model::GatewayType::kVpn) continue;
    gateway.internet =
        internet_port("p" + std::to_string(++draft.internet_ports), gateway.public_addresses, draft).first;
  }
}

}  // namespace

std::pair<End, InterfaceAddress> internet_port(const std::string& name, const std::vector<Address>& addresses,
                                               Draft& draft) {
  auto* internet = find_named(draft.topology.nodes, kInternet);
  if (internet == nullptr) {
    internet = &draft.topology.nodes.emplace_back();
    internet->name = draft.free_name(kInternet);
    internet->role = "internet";
    internet->site = "internet";
  }
  const auto router = router_beside(addresses);
  if (!router) throw Error("the addresses of " + name + " fit into no network");
  auto& port = internet->interfaces.emplace_back();
  port.name = name;
  port.addresses = {*router};
  return {{internet->name, name}, *router};
}

void add_customers(Draft& draft) {
  settle_public_addresses(draft);
  const auto sites = sites_of(draft);
  connect_gateways(draft);
  for (auto& balancer : draft.topology.load_balancers)
    if (balancer.is_public)
      balancer.internet = internet_port("p" + std::to_string(++draft.internet_ports), {balancer.frontend}, draft).first;
  for (std::size_t i = 0; i < sites.size(); ++i)
    Customer(sites[i], sites.size() == 1 ? "onprem" : "onprem" + std::to_string(i + 1), draft).build();
}

}  // namespace xconn::importing
