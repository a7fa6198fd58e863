// SPDX-License-Identifier: Apache-2.0
// What running devices showed: which prefixes the customer announces, and where the gateways' instances are.
#include <algorithm>
#include <set>
#include <sstream>

#include "base/azure.hh"
#include "base/join.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;

const std::string kMicrosoft = std::to_string(azure::kMicrosoftAsn);

std::string word(const Raw& row, const char* key) {
  const auto* value = property(row, key);
  return value == nullptr ? "" : value->text;
}

/// Of "65001 64999 I" or "12076-65001"; the origin's letter is none of them.
std::vector<std::string> path_of(std::string text) {
  std::ranges::replace(text, '-', ' ');
  std::istringstream words(text);
  std::vector<std::string> out;
  for (std::string each; words >> each;)
    if (each.find_first_not_of("0123456789") == std::string::npos) out.push_back(each);
  return out;
}

/// Says which numbers of a path are none, and that what is behind the customer's own router is not there.
void report_path(const Raw& row, const char* key, std::size_t own, Draft& draft) {
  const auto path = path_of(word(row, key));
  std::set<std::string> impossible;
  for (const auto& asn : path)
    if (!Asn::parse(asn)) impossible.insert(asn);
  std::string reason = "has AS numbers behind the customer's own router";
  if (!impossible.empty()) {
    reason = "has what is no AS number (those are 1 to 4294967294):";
    for (const auto& asn : impossible) reason += " " + asn;
  }
  const auto is_own = [&](const std::string& asn) { return asn == path[own]; };  // prepended
  if (impossible.empty() &&
      (path.size() <= own || std::all_of(path.begin() + static_cast<std::ptrdiff_t>(own), path.end(), is_own)))
    return;
  draft.notes.at(*property(row, key), "route " + word(row, "network"), key, reason,
                 "the customer's router announces the prefix as its own");
}

void learn(const std::string& circuit, const Raw& row, Draft& draft) {
  const auto prefix = Prefix::parse(word(row, "network"));
  if (!prefix || !prefix->is_v4()) {
    draft.notes.at(*property(row, "network"), "route", "network",
                   is_placeholder(word(row, "network")) ? "is a placeholder" : "is no IPv4 prefix", "it was left out");
    return;
  }
  auto& known = draft.learned[circuit];
  if (std::ranges::find(known, *prefix) == known.end()) known.push_back(*prefix);
}

/// The circuit whose customer has this address, or nullptr.
const model::Circuit* circuit_at(const Draft& draft, const std::string& hop) {
  const auto address = Address::parse(hop.ends_with('*') ? hop.substr(0, hop.size() - 1) : hop);
  for (const auto& circuit : draft.topology.circuits)
    if (address && circuit.private_peering &&
        (circuit.private_peering->primary.contains(*address) || circuit.private_peering->secondary.contains(*address)))
      return &circuit;
  return nullptr;
}

const model::Circuit* circuit_of_asn(const Draft& draft, const std::string& asn) {
  for (const auto& circuit : draft.topology.circuits)
    if (circuit.private_peering && circuit.private_peering->peer_asn.text() == asn) return &circuit;
  return nullptr;
}

void use_circuit_route(const Raw& row, Draft& draft) {
  const auto* circuit = circuit_at(draft, word(row, "nextHop"));
  if (circuit == nullptr) return;  // of the VNets
  const auto path = path_of(word(row, "path"));
  if (std::ranges::find(path, kMicrosoft) != path.end()) return;  // Azure's own prefix, reflected by the provider
  learn(circuit->name, row, draft);
  report_path(row, "path", 0, draft);
}

void use_learned_route(const Raw& row, Draft& draft) {
  const auto path = path_of(word(row, "asPath"));
  if (path.size() < 2 || path[0] != kMicrosoft) return;  // the VNet's own, and what came over a VPN
  const auto* circuit = circuit_of_asn(draft, path[1]);
  if (circuit == nullptr) return;
  learn(circuit->name, row, draft);
  report_path(row, "asPath", 1, draft);
}

struct Use {
  std::string_view kind;
  void (*use)(const Raw&, Draft&);
};
constexpr Use kUses[] = {
    {"circuit-route", use_circuit_route}, {"learned", use_learned_route}, {"bgp-peer", [](const Raw&, Draft&) {}}};

// --- VNets and gateways ------------------------------------------------------------------------------------------

/// Addresses of gateways' instances, those that spoke for themselves first.
std::vector<Address> instances_seen(const Draft& draft) {
  std::vector<Address> own, others;
  for (const auto& read_out : draft.inventory.read_outs()) {
    if (read_out.kind != "bgp-peer" && read_out.kind != "learned") continue;
    if (const auto address = Address::parse(word(*read_out.row, "localAddress"))) own.push_back(*address);
    const auto peer = Address::parse(word(*read_out.row, "neighbor"));
    if (peer && word(*read_out.row, "asn") == std::to_string(azure::kGatewayAsn)) others.push_back(*peer);
  }
  std::ranges::sort(own);
  std::ranges::sort(others);
  own.insert(own.end(), others.begin(), others.end());
  return own;
}

/// What the files say of the instances of a VNet's gateways.
std::vector<Address> instances_said(const Draft& draft, const std::string& vnet) {
  std::vector<Address> out;
  for (const auto& gateway : draft.topology.gateways)
    if (gateway.vnet == vnet) out.insert(out.end(), gateway.instances.begin(), gateway.instances.end());
  return out;
}

/// The prefix that the gateway itself announces for its VNet.
std::optional<Prefix> space_seen(const Draft& draft) {
  for (const auto& read_out : draft.inventory.read_outs()) {
    if (read_out.kind != "learned" || !same_word(word(*read_out.row, "origin"), "Network")) continue;
    const auto network = Prefix::parse(word(*read_out.row, "network"));
    const auto local = Address::parse(word(*read_out.row, "localAddress"));
    const auto& vnets = draft.topology.vnets;
    const auto meets = [&](const model::Vnet& vnet) {
      return std::ranges::any_of(vnet.address_space, [&](const Prefix& prefix) { return prefix.overlaps(*network); });
    };
    if (network && local && network->contains(*local) && std::ranges::none_of(vnets, meets)) return network;
  }
  return std::nullopt;
}

std::vector<Prefix> space_of(const model::Vnet& vnet, Draft& draft) {
  constexpr int kAssumed = 24;
  if (!vnet.subnets.empty()) {
    std::vector<Prefix> space;
    for (const auto& subnet : vnet.subnets) space.push_back(subnet.prefix);
    return space;
  }
  for (const auto& address : instances_said(draft, vnet.name))
    for (const int length : {kAssumed, azure::kCoexistenceLength})
      if (const auto around = Prefix::of(address, length); draft.is_free(around)) return {around};
  const auto seen = has_gateway(draft, vnet.name) ? space_seen(draft) : std::nullopt;
  return {seen ? *seen : draft.free_network(kAssumed)};
}

/// The last /27 of the VNet that no subnet has; where the instances are, when somebody saw them.
std::optional<Prefix> place_for_gateway(const model::Vnet& vnet, Draft& draft) {
  constexpr int kLength = azure::kCoexistenceLength, kLongest = 32;
  const auto is_free = [&](const Prefix& prefix) {
    return std::ranges::none_of(vnet.subnets, [&](const auto& subnet) { return subnet.prefix.overlaps(prefix); });
  };
  for (const auto& space : vnet.address_space) {
    if (space.length() >= kLength && is_free(space)) return space;
    for (const auto& address : instances_said(draft, vnet.name))
      if (space.contains(address) && is_free(Prefix::of(address, kLength))) return Prefix::of(address, kLength);
    for (const auto& address : instances_seen(draft))
      if (space.contains(address) && is_free(Prefix::of(address, kLength))) return Prefix::of(address, kLength);
    if (space.length() >= kLength) continue;
    const auto count = 1U << (kLongest - space.length());
    for (auto at = count - 32; at > 0; at -= 32)
      if (const auto prefix = Prefix::of(space.host(at), kLength); is_free(prefix)) return prefix;
  }
  return std::nullopt;
}

void assume_subnet(model::Vnet& vnet, const std::string& name, const Prefix& prefix, Draft& draft) {
  vnet.subnets.push_back({name, prefix, {}, {}});
  draft.assume({vnet.where, "VNet " + vnet.name, "subnets", "", "subnet " + name + " is in none of the files",
                "it is " + prefix.text()},
               "vnets/" + vnet.name + "/subnets/" + name);
}

void complete(model::Vnet& vnet, Draft& draft) {
  if (vnet.address_space.empty()) {
    vnet.address_space = space_of(vnet, draft);
    for (const auto& prefix : vnet.address_space) draft.take(prefix);
    const auto all = join(vnet.address_space, ", ", &Prefix::text);
    draft.assume({vnet.where, "VNet " + vnet.name, "addressSpace", "", "its address space is in none of the files",
                  "it is " + all},
                 "vnets/" + vnet.name + "/address-space");
  }
  if (has_gateway(draft, vnet.name) && find_named(vnet.subnets, azure::kGatewaySubnet) == nullptr)
    if (const auto place = place_for_gateway(vnet, draft)) assume_subnet(vnet, azure::kGatewaySubnet, *place, draft);
  if (vnet.subnets.empty()) assume_subnet(vnet, "default", vnet.address_space.front(), draft);
}

bool is_used(const Draft& draft, const std::string& vnet, const Address& address) {
  return std::ranges::any_of(draft.topology.gateways, [&](const model::Gateway& gateway) {
    return gateway.vnet == vnet && std::ranges::find(gateway.instances, address) != gateway.instances.end();
  });
}

/// Two addresses: what the files say, what was seen, else .12 and .13 and so on, as Azure gives them.
void complete(model::Gateway& gateway, Draft& draft) {
  using azure::kFirstInstance, azure::kFirstMsee, azure::kInstances;
  constexpr std::uint32_t kTried = 64;
  const auto* subnet = find_named(find_named(draft.topology.vnets, gateway.vnet)->subnets, azure::kGatewaySubnet);
  if (subnet == nullptr) return;
  const auto& prefix = subnet->prefix;
  const bool has_msees = std::ranges::any_of(draft.topology.gateways, [&](const model::Gateway& other) {
    return other.vnet == gateway.vnet && other.type == model::GatewayType::kExpressRoute;
  });
  const auto first = prefix.host(has_msees ? kFirstMsee + 2 : kFirstMsee);
  const auto fits = [&](const Address& address) {
    return prefix.contains(address) && address >= first && address != prefix.last();
  };
  const auto said = gateway.instances;
  std::erase_if(gateway.instances, [&](const Address& address) { return !fits(address); });
  if (said.size() > gateway.instances.size())
    draft.notes.add({gateway.where, "gateway " + gateway.name, "bgpPeeringAddress", "",
                     "is no address that an instance can have in " + prefix.text() +
                         (has_msees ? ", where the first two are of Microsoft's routers" : ""),
                     "another one was taken"});
  if (gateway.type == model::GatewayType::kExpressRoute)
    for (const auto& address : instances_seen(draft))
      if (gateway.instances.size() < kInstances && fits(address) && !is_used(draft, gateway.vnet, address))
        gateway.instances.push_back(address);
  if (gateway.instances.size() > kInstances) gateway.instances.resize(kInstances);
  if (gateway.instances.size() == kInstances) return;
  const bool is_kept = !gateway.instances.empty();
  for (auto i = kFirstInstance; i < kFirstInstance + kTried && gateway.instances.size() < kInstances; ++i)
    if (const auto address = prefix.host(i); fits(address) && !is_used(draft, gateway.vnet, address))
      gateway.instances.push_back(address);
  for (auto i = kFirstInstance; i >= kFirstMsee && gateway.instances.size() < kInstances; --i)
    if (const auto address = prefix.host(i); fits(address) && !is_used(draft, gateway.vnet, address))
      gateway.instances.push_back(address);
  draft.assume(
      {gateway.where, "gateway " + gateway.name, "bgpPeeringAddress", "",
       "the files do not say both instances' addresses",
       is_kept ? "the other one is " + gateway.instances.back().text() : "they are as Azure would choose them"},
      "gateways/" + gateway.name + "/instances");
}

/// A gateway that found no place, and its connections.
void leave_out_homeless(Draft& draft) {
  auto& topology = draft.topology;
  for (const auto& gateway : topology.gateways) {
    if (gateway.instances.size() == 2) continue;
    draft.notes.add({gateway.where, "gateway " + gateway.name, "", "",
                     "there is no GatewaySubnet with room for two instances beside Microsoft's routers",
                     "it was left out, with its connections"});
    std::erase_if(topology.connections, [&](const auto& connection) { return connection.gateway == gateway.name; });
  }
  std::erase_if(topology.gateways, [](const auto& gateway) { return gateway.instances.size() != 2; });
}

void report_regionless(Draft& draft) {
  if (draft.regionless.empty()) return;
  const auto all = join(draft.regionless);
  const auto& first = *find_named(draft.topology.vnets, draft.regionless.front());
  draft.notes.add({first.where, "VNet " + all, "location", "", "the files leave the region open",
                   "there is none, so which circuits reach it is not checked; `--region REGION` gives one",
                   draft.regionless});
}

}  // namespace

void use_read_outs(Draft& draft) {
  std::set<std::string> told;
  for (const auto& read_out : draft.inventory.read_outs()) {
    const auto* use = std::ranges::find(kUses, read_out.kind, &Use::kind);
    if (use != std::end(kUses))
      use->use(*read_out.row, draft);
    else if (told.insert(read_out.kind + *read_out.row->at.file).second)
      draft.notes.add({read_out.row->at.where(), "read-out", "", read_out.kind,
                       "shows how the network runs, not how it is made", "it was left out"});
  }
}

void complete_vnets(Draft& draft) {
  report_regionless(draft);
  for (auto& vnet : draft.topology.vnets) complete(vnet, draft);
  for (auto& gateway : draft.topology.gateways) complete(gateway, draft);
  leave_out_homeless(draft);
}

}  // namespace xconn::importing
