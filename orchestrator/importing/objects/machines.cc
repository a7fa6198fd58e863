// SPDX-License-Identifier: Apache-2.0
// Machines and their NICs.
#include <algorithm>
#include <map>
#include <set>

#include "base/azure.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;

/// The NIC's machine: the one that claimed it, or one made for it.
End end_of(const Resource& resource, Fields& fields, Draft& draft) {
  const auto key = draft.key(resource.id);
  if (const auto claimed = draft.nics.find(key); claimed != draft.nics.end()) return claimed->second;
  const auto name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  add_node(name, draft);
  return draft.nics[key] = {name, kOnlyNic};
}

void read_pools(const Raw& configuration, const ResourceId& nic, Draft& draft) {
  const auto* pools = property(configuration, "loadBalancerBackendAddressPools");
  if (pools == nullptr) return;
  for (const auto& pool : pools->items) {
    const auto* text = pool->is_map() ? property(*pool, "id") : nullptr;
    const auto id = text == nullptr ? std::nullopt : ResourceId::parse(text->text);
    if (id) draft.pools[draft.key(*id)].push_back(draft.key(nic));
  }
}

/// The subnet in the topology, or nullptr.
const model::Subnet* subnet_of(const ResourceId& id, std::string& vnet, Draft& draft) {
  vnet = draft.name_of(id.parent());
  const auto* found = find_named(draft.topology.vnets, vnet);
  return found == nullptr ? nullptr : find_named(found->subnets, draft.name_of(id));
}

bool can_have(const Prefix& subnet, const Address& address) {
  return subnet.contains(address) && address >= subnet.host(azure::kKeptAddresses) && address != subnet.last();
}

/// Plugs the NIC into its subnet; false when there is none.
bool plug(const Raw& configuration, Fields& fields, network::Interface& nic, Draft& draft) {
  Fields inner(configuration, fields.object(), draft);
  const auto id = inner.reference("subnet");
  std::string vnet;
  const auto* subnet = id ? subnet_of(*id, vnet, draft) : nullptr;
  if (subnet == nullptr) {
    if (id && draft.is_left_out(id->parent()))
      fields.note("ipConfigurations", "its VNet was left out", kLeftOut);
    else
      fields.note("ipConfigurations", "its subnet is in none of the files",
                  "it was left out; import `az network vnet list` too");
    return false;
  }
  nic.subnet = network::SubnetRef{vnet, subnet->name};
  const auto address = inner.address("privateIPAddress", "another address was taken");
  if (address && can_have(subnet->prefix, *address))
    nic.addresses = {InterfaceAddress(*address, subnet->prefix.length())};
  else if (address)
    inner.note("privateIPAddress", "is no address that a machine can have in " + subnet->prefix.text(),
               "another address was taken");
  if (inner.raw("publicIPAddress") != nullptr)
    inner.note("publicIPAddress.id", "machines have no public address here", kLeftOut);
  return true;
}

void set_forwarding(network::Node& node, network::Interface& nic, Fields& fields, Draft& draft) {
  if (!fields.truth("enableIPForwarding")) return;
  nic.ip_forwarding = true;
  if (node.role == "router") return;
  node.role = "router";
  draft.assume({fields.where(), "machine " + node.name, "enableIPForwarding", "true",
                "what an appliance does is not in Azure's files", "it is a router that lets everything pass"},
               "nodes/" + node.name + "/role");
}

/// Who has which address of a VNet.
class Addresses {
 public:
  explicit Addresses(const Draft& draft) : draft_(draft), wanted_(draft.wanted_addresses()) {
    for (const auto& node : draft.topology.nodes)
      for (const auto& nic : node.interfaces)
        if (nic.subnet)
          for (const auto& own : nic.addresses) taken_[nic.subnet->vnet].insert(own.address());
  }

  bool has_machine(const std::string& vnet) const { return taken_.contains(vnet); }
  /// Where an appliance is looked for whose address the files do not say, else the subnet's first free one; nullopt
  /// when it is full.
  std::optional<Address> take(const network::SubnetRef& ref, const Prefix& prefix, bool is_appliance) {
    const auto hop = is_appliance ? idle_next_hop(ref, prefix) : std::nullopt;
    const auto address = hop ? hop : free_address(ref, prefix);
    if (address) taken_[ref.vnet].insert(*address);
    return address;
  }

 private:
  bool is_taken(const network::SubnetRef& subnet, const Address& address) const {
    const auto vnet = taken_.find(subnet.vnet);
    return (vnet != taken_.end() && vnet->second.contains(address)) ||
           std::ranges::count(draft_.topology.load_balancers, address, &model::LoadBalancer::frontend) > 0;
  }

  std::optional<Address> free_address(const network::SubnetRef& ref, const Prefix& prefix) const {
    constexpr std::uint32_t kTried = 4096;
    const auto is_wanted = [&](const Address& address) { return std::ranges::find(wanted_, address) != wanted_.end(); };
    for (auto i = azure::kKeptAddresses; i < kTried; ++i) {
      const auto address = prefix.host(i);
      if (!can_have(prefix, address)) return std::nullopt;
      if (!is_taken(ref, address) && !is_wanted(address)) return address;
    }
    return std::nullopt;
  }

  /// Where somebody is looked for and nobody is.
  std::optional<Address> idle_next_hop(const network::SubnetRef& ref, const Prefix& prefix) const {
    for (const auto& address : wanted_)
      if (can_have(prefix, address) && !is_taken(ref, address)) return address;
    return std::nullopt;
  }

  const Draft& draft_;
  std::vector<Address> wanted_;
  std::map<std::string, std::set<Address>> taken_;  // by VNet
};

/// Gives every NIC without an address one of its subnet.
void number_nics(Draft& draft, Addresses& addresses) {
  for (auto& node : draft.topology.nodes)
    for (auto& nic : node.interfaces) {
      if (!nic.subnet || !nic.addresses.empty()) continue;
      const auto prefix =
          find_named(find_named(draft.topology.vnets, nic.subnet->vnet)->subnets, nic.subnet->subnet)->prefix;
      const auto address = addresses.take(*nic.subnet, prefix, nic.ip_forwarding.value_or(false));
      if (!address) {
        nic.name.clear();
        draft.notes.add({node.where, "machine " + node.name, "privateIPAddress", "", "its subnet is full", kLeftOut});
        continue;
      }
      nic.addresses = {InterfaceAddress(*address, prefix.length())};
      draft.assume_alike({node.where, "NIC " + node.name + ":" + nic.name, "privateIPAddress", "",
                          "the file does not say it", "it is " + address->text()},
                         "nodes/" + node.name + "/interfaces/" + nic.name, "they have free ones of their subnets");
    }
  for (auto& node : draft.topology.nodes)
    std::erase_if(node.interfaces, [](const auto& nic) { return nic.name.empty(); });
}

/// The same for the frontends of internal balancers.
void number_frontends(Draft& draft, Addresses& addresses) {
  for (auto& balancer : draft.topology.load_balancers) {
    const auto* vnet = find_named(draft.topology.vnets, balancer.vnet);
    const auto* subnet = vnet == nullptr ? nullptr : find_named(vnet->subnets, balancer.subnet);
    const bool is_played = !balancer.rules.empty() && !balancer.backends.empty();
    if (balancer.is_public || subnet == nullptr || !is_played || balancer.frontend != Address()) continue;
    const auto address = addresses.take({vnet->name, subnet->name}, subnet->prefix, false);
    if (!address) continue;
    balancer.frontend = *address;
    draft.assume({balancer.where, "load balancer " + balancer.name, "privateIPAddress", "", "the file does not say it",
                  "it is " + address->text()},
                 "load-balancers/" + balancer.name + "/frontend");
  }
}

void add_machine_to(const model::Vnet& vnet, Draft& draft, Addresses& addresses) {
  for (const auto& subnet : vnet.subnets) {
    const network::SubnetRef ref{vnet.name, subnet.name};
    if (draft.is_reserved(vnet.name, subnet.name)) continue;
    const auto address = addresses.take(ref, subnet.prefix, false);
    if (!address) continue;
    auto& node = add_node(draft.free_name(vnet.name + "-vm"), draft);
    add_nic(node, ref).addresses = {InterfaceAddress(*address, subnet.prefix.length())};
    draft.comment("nodes/" + node.name, "assumed: VNet " + vnet.name + " has no machines in the files");
    draft.notes.add({vnet.where,
                     "VNet " + vnet.name,
                     "",
                     "",
                     "has no machines in the files",
                     node.name + " was made, to have somebody to talk to",
                     {},
                     Outcome::kMade});
    return;
  }
}

}  // namespace

network::Node& add_node(const std::string& name, Draft& draft) {
  auto& node = draft.topology.nodes.emplace_back();
  node.name = name;
  node.role = "host";
  node.site = "azure";
  return node;
}

network::Interface& add_nic(network::Node& node, const network::SubnetRef& subnet) {
  auto& nic = node.interfaces.emplace_back();
  nic.name = kOnlyNic;
  nic.subnet = subnet;
  return nic;
}

void carry_machine(const Resource& resource, Fields& fields, Draft& draft) {
  const auto* nics = fields.raw("networkProfile.networkInterfaces");
  fields.ignore_rest();
  if (nics == nullptr) return fields.note("networkProfile", "has no NICs", kLeftOut);
  const auto name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  add_node(name, draft).where = resource.at.where();
  int index = 0;
  for (const auto& item : nics->items) {
    const auto* text = item->is_map() ? property(*item, "id") : item.get();
    const auto id = text == nullptr ? std::nullopt : ResourceId::parse(text->text);
    if (id) draft.nics[draft.key(*id)] = {name, "eth" + std::to_string(index++)};
  }
}

void add_interface(const ResourceId& nic_id, const End& end, Fields& fields, Draft& draft) {
  const auto* configurations = fields.raw("ipConfigurations");
  const auto nsg = fields.reference("networkSecurityGroup");
  fields.ignore({"dnsSettings",
                 "macAddress",
                 "primary",
                 "enableAcceleratedNetworking",
                 "virtualMachine",
                 "hostedWorkloads",
                 "vnetEncryptionSupported",
                 "nicType",
                 "allowPort25Out",
                 "auxiliaryMode",
                 "auxiliarySku",
                 "disableTcpStateTracking",
                 "defaultOutboundConnectivityEnabled",
                 "privateIpAddress",
                 "privateIpAddresses",
                 "virtualMachineId",
                 "internalDomainNameSuffix",
                 "internalDnsNameLabel",
                 "acceleratedNetworkingEnabled",
                 "appliedDnsServers"});
  auto& node = *find_named(draft.topology.nodes, end.node);
  if (node.where.file.empty()) node.where = fields.where();
  network::Interface nic;
  nic.name = end.interface;
  set_forwarding(node, nic, fields, draft);
  if (nsg && (nic.nsg = draft.name_of(*nsg)).empty())
    fields.note("networkSecurityGroup", "is in none of the files", "the NIC has none, so everything passes");
  const auto* first =
      configurations != nullptr && !configurations->items.empty() ? configurations->items[0].get() : nullptr;
  if (first == nullptr || !plug(*first, fields, nic, draft)) return;
  read_pools(*first, nic_id, draft);
  if (configurations->items.size() > 1) fields.note("ipConfigurations", "has more than one", "only the first is there");
  node.interfaces.push_back(std::move(nic));
}

void carry_nic(const Resource& resource, Fields& fields, Draft& draft) {
  add_interface(resource.id, end_of(resource, fields, draft), fields, draft);
}

void add_machines(Draft& draft) {
  Addresses addresses(draft);
  number_nics(draft, addresses);
  auto& nodes = draft.topology.nodes;
  for (const auto& node : nodes)
    if (node.interfaces.empty())
      draft.notes.add({node.where, "machine " + node.name, "", "", "none of its NICs is there", kLeftOut});
  std::erase_if(nodes, [](const network::Node& node) { return node.interfaces.empty(); });
  for (const auto& vnet : draft.topology.vnets)
    if (!addresses.has_machine(vnet.name)) add_machine_to(vnet, draft, addresses);
  number_frontends(draft, addresses);
}

}  // namespace xconn::importing
