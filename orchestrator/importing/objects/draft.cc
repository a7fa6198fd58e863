// SPDX-License-Identifier: Apache-2.0
#include "importing/objects/draft.hh"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/azure.hh"

namespace xconn::importing {
namespace {

constexpr std::size_t kLongestName = 40;  // expansion makes nodes of it: "-msee1"

/// Subnets in which only Azure's own services stand (Microsoft Learn: each service's FAQ).
constexpr std::array<std::string_view, 5> kAzuresOwn{azure::kGatewaySubnet, "AzureFirewallSubnet", "RouteServerSubnet",
                                                     "AzureFirewallManagementSubnet", "AzureBastionSubnet"};

/// Letters, digits, '-' and '_', beginning with a letter or digit.
std::string tidy(const std::string& wanted) {
  std::string out;
  for (const unsigned char c : wanted) {
    const bool fits = c < 0x80 && (std::isalnum(c) != 0 || c == '_');
    if (fits && !(out.empty() && c == '_'))
      out += static_cast<char>(c);
    else if (!out.empty() && out.back() != '-')
      out += '-';
    if (out.size() >= kLongestName) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "unnamed" : out;
}

}  // namespace

std::string Draft::key(const ResourceId& id) const {
  const auto* resource = inventory.find(id);
  const auto& known = resource == nullptr ? id : resource->id;
  return known.type + "|" + lower_case(known.path()) + "|" + (resource == nullptr ? "" : lower_case(known.group));
}

std::string Draft::free_name(const std::string& wanted, const std::string& space) {
  const auto base = tidy(wanted);
  auto name = base;
  for (int i = 2; !used_.emplace(space, lower_case(name)).second; ++i) name = base + "-" + std::to_string(i);
  return name;
}

std::string Draft::name_for(const ResourceId& id, const std::string& space, const Where& where,
                            const std::string& object) {
  const auto name = free_name(id.name(), space);
  if (tidy(id.name()) != id.name())
    notes.add_alike({where, object, "name", id.name(), "is no name that a node can have", "it is called " + name},
                    "they are called by the letters and digits of it, 40 at most");
  else if (name != id.name())
    notes.add_alike({where, object, "name", id.name(), "is another one's name already", "it is called " + name},
                    "they are called by it and a number");
  call(id, name);
  return name;
}

std::string Draft::name_of(const ResourceId& id) const {
  const auto found = names_.find(key(id));
  return found == names_.end() ? "" : found->second;
}

model::Vnet& Draft::vnet(const ResourceId& id, const Where& where) {
  auto name = name_of(id);
  if (name.empty() || std::ranges::count(topology.vnets, name, &model::Vnet::name) == 0) {
    name = name_for(id, "", where, (id.type == kHubType ? "hub " : "VNet ") + id.name());
    stubs_.insert(name);
    topology.vnets.emplace_back().name = name;
    topology.vnets.back().where = where;
    const bool is_hub = id.type == kHubType;
    if (is_hub) wan.hubs.push_back({where, id, name, {}, false, {}, {}, {}});
    notes.add({where,
               (is_hub ? "hub " : "VNet ") + name,
               "",
               "",
               "is referred to, but is in none of the files",
               std::string("it was made from what the others say about it; import `az network ") +
                   (is_hub ? "vhub" : "vnet") + " list` too",
               {},
               Outcome::kMade});
    comment("vnets/" + name, "in none of the files; made from what the others say about it");
  }
  return *std::ranges::find(topology.vnets, name, &model::Vnet::name);
}

/// All there is hinders nobody.
void Draft::take(const Prefix& prefix) {
  if (!prefix.is_default()) taken_.add(prefix);
}

bool Draft::is_unused(const Prefix& prefix) const { return !taken_.overlaps(prefix); }

bool Draft::overlaps_any(const Prefix& prefix) const {
  const auto meets = [&](const Prefix& other) { return other.overlaps(prefix) && !other.is_default(); };
  if (!is_unused(prefix)) return true;
  for (const auto& gateway : topology.local_gateways)
    if (std::ranges::any_of(gateway.address_space, meets)) return true;
  for (const auto& [circuit, prefixes] : learned)
    if (std::ranges::any_of(prefixes, meets)) return true;
  for (const auto& circuit : topology.circuits)
    for (const auto* peering : {&circuit.private_peering, &circuit.microsoft_peering})
      if (*peering && (meets((*peering)->primary) || meets((*peering)->secondary))) return true;
  return false;
}

bool Draft::is_reserved(const std::string& vnet, const std::string& subnet) const {
  return reserved_.contains({vnet, subnet}) ||
         std::ranges::any_of(kAzuresOwn, [&](auto own) { return same_word(own, subnet); });
}

std::vector<Address> Draft::wanted_addresses() const {
  std::vector<Address> out;
  for (const auto& table : topology.route_tables)
    for (const auto& route : table.routes)
      if (route.next_hop) out.push_back(*route.next_hop);
  for (const auto& server : route_servers)
    for (const auto& peer : server.peers)
      if (peer.address) out.push_back(*peer.address);
  return out;
}

Prefix Draft::free_network(int length) {
  constexpr int kLongest = 32;
  for (const auto* pool : {"192.168.200.0/21", "172.31.0.0/16", "10.240.0.0/12", "100.64.0.0/10"}) {
    const auto space = *Prefix::parse(pool);
    const auto step = 1U << (kLongest - length);
    for (std::uint32_t at = 0; at < (1U << (kLongest - space.length())); at += step) {
      const auto network = Prefix::of(space.host(at), length);
      if (overlaps_any(network)) continue;
      take(network);
      return network;
    }
  }
  throw Error("there is no private network left for the customer's side");
}

void Draft::assume(Note note, const std::string& path) {
  comment(path, "assumed: " + note.reason);
  note.outcome = Outcome::kAssumed;
  notes.add(std::move(note));
}

void Draft::assume_alike(Note note, const std::string& path, std::string together) {
  comment(path, "assumed: " + note.reason);
  note.outcome = Outcome::kAssumed;
  notes.add_alike(std::move(note), std::move(together));
}

bool has_gateway(const Draft& draft, const std::string& vnet) {
  return std::ranges::find(draft.topology.gateways, vnet, &model::Gateway::vnet) != draft.topology.gateways.end();
}

}  // namespace xconn::importing
