#include "azure/life.hh"

#include <algorithm>
#include <array>

#include "azure/expand.hh"
#include "base/errors.hh"
#include "model/read.hh"

namespace xconn::azure {
namespace {

using model::Circuit;
using model::Topology;
using Refusals = std::vector<Refusal>;

constexpr std::string_view kWorkflows = "Microsoft Learn, ExpressRoute workflows";
constexpr std::string_view kCli = "Microsoft Learn, Create and modify an ExpressRoute circuit";
constexpr std::string_view kCommonErrors = "Microsoft Learn, Common Azure network resource provider errors";
constexpr std::string_view kVnetPeering = "Microsoft Learn, Virtual network peering";
constexpr const char* kProvisioned = "Provisioned";
constexpr std::size_t kStandardVnets = 10;

template <class T>
const T* find(const std::vector<T>& list, const std::string& name) {
  const auto found = std::ranges::find(list, name, &T::name);
  return found == list.end() ? nullptr : &*found;
}

void refuse(Refusals& out, std::string object, std::string reason, std::string remedy = {}) {
  out.push_back({"", std::move(object), std::move(reason), std::move(remedy)});
}

std::vector<std::string> connections_of(const Topology& topology, const std::string& circuit) {
  std::vector<std::string> names;
  for (const auto& connection : topology.connections)
    if (connection.circuit == circuit) names.push_back(connection.name);
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// --- steps ----------------------------------------------------------------------------------------------------------

void circuit_unlinked(const Topology& before, const Step& step, Refusals& out) {
  const auto* circuit = find(before.circuits, step.names.at(0));
  if (circuit == nullptr) return;
  const auto object = "circuit " + circuit->name;
  if (const auto names = connections_of(before, circuit->name); !names.empty())
    refuse(out, object, "it has connections: " + joined(names), "xconn connection delete " + names.front());
  if (!circuit->authorizations.empty())
    refuse(out, object, "it has authorizations", "xconn authorization delete " + circuit->name + " NAME");
  for (const auto& reach : before.global_reach)
    if (reach.circuit == circuit->name || reach.peer_circuit == circuit->name)
      refuse(out, object, "Global Reach joins it: " + reach.name, "xconn global-reach delete " + reach.name);
  if (circuit->microsoft_peering && !circuit->microsoft_peering->route_filter.empty())
    refuse(out, object, "a route filter is attached to it: " + circuit->microsoft_peering->route_filter,
           "xconn peering update " + circuit->name + " microsoft route-filter=");
}

void circuit_deprovisioned(const Topology& before, const Step& step, Refusals& out) {
  const auto* circuit = find(before.circuits, step.names.at(0));
  if (circuit == nullptr || circuit->provider_state == "NotProvisioned") return;
  refuse(out, "circuit " + circuit->name,
         "ConflictError: The specified dedicated circuit is not in Deprovisioned state. Please initiate the "
         "deprovisioning process with your service provider.",
         "xconn provider deprovision --service-key " + circuit->service_key);
}

void peering_unlinked(const Topology& before, const Step& step, Refusals& out) {
  const auto names = connections_of(before, step.names.at(0));
  if (step.names.at(1) == "private" && !names.empty())
    refuse(out, "circuit " + step.names[0], "its private peering carries connections: " + joined(names),
           "xconn connection delete " + names.front());
}

bool is_used_remotely(const Topology& topology, const std::string& vnet, std::string& by) {
  for (const auto& other : topology.vnets)
    for (const auto& peering : other.peerings)
      if (peering.remote == vnet && peering.use_remote_gateways) by = other.name + " " + peering.name;
  return !by.empty();
}

void gateway_unlinked(const Topology& before, const Step& step, Refusals& out) {
  const auto* gateway = find(before.gateways, step.names.at(0));
  if (gateway == nullptr) return;
  for (const auto& connection : before.connections)
    if (connection.gateway == gateway->name)
      refuse(out, "gateway " + gateway->name, "a connection uses it: " + connection.name,
             "xconn connection delete " + connection.name);
  if (std::string by; is_used_remotely(before, gateway->vnet, by))
    refuse(out, "gateway " + gateway->name, "a peered VNet uses it as its remote gateway: " + by,
           "xconn vnet-peering delete " + by);
}

void vnet_unused(const Topology& before, const Step& step, Refusals& out) {
  const auto object = "vnet " + step.names.at(0);
  for (const auto& gateway : before.gateways)
    if (gateway.vnet == step.names[0])
      refuse(out, object, "InUseSubnetCannotBeDeleted: gateway " + gateway.name + " is in its GatewaySubnet",
             "xconn gateway delete " + gateway.name);
  for (const auto& other : before.vnets)
    for (const auto& peering : other.peerings)
      if (peering.remote == step.names[0])
        refuse(out, object, "it is peered: " + other.name + " " + peering.name,
               "xconn vnet-peering delete " + other.name + " " + peering.name);
  for (const auto& node : before.nodes)
    for (const auto& interface : node.interfaces)
      if (interface.subnet && interface.subnet->vnet == step.names[0])
        refuse(out, object, "InUseSubnetCannotBeDeleted: " + node.name + ":" + interface.name + " is in it",
               "xconn node delete " + node.name);
}

void subnet_unused(const Topology& before, const Step& step, Refusals& out) {
  const auto object = "subnet " + step.names.at(0) + "/" + step.names.at(1);
  for (const auto& node : before.nodes)
    for (const auto& interface : node.interfaces)
      if (interface.subnet && interface.subnet->vnet == step.names[0] && interface.subnet->subnet == step.names[1])
        refuse(out, object, "InUseSubnetCannotBeDeleted: " + node.name + ":" + interface.name + " is in it");
  for (const auto& gateway : before.gateways)
    if (gateway.vnet == step.names[0] && step.names[1] == "GatewaySubnet")
      refuse(out, object, "InUseSubnetCannotBeDeleted: gateway " + gateway.name + " is in it");
}

void route_table_unused(const Topology& before, const Step& step, Refusals& out) {
  for (const auto& vnet : before.vnets)
    for (const auto& subnet : vnet.subnets)
      if (subnet.route_table == step.names.at(0))
        refuse(out, "route table " + step.names[0],
               "InUseRouteTableCannotBeDeleted: subnet " + vnet.name + "/" + subnet.name + " uses it",
               "xconn subnet update " + vnet.name + " " + subnet.name + " route-table=");
}

void nsg_unused(const Topology& before, const Step& step, Refusals& out) {
  for (const auto& vnet : before.vnets)
    for (const auto& subnet : vnet.subnets)
      if (subnet.nsg == step.names.at(0))
        refuse(out, "nsg " + step.names[0],
               "InUseNetworkSecurityGroupCannotBeDeleted: subnet " + vnet.name + "/" + subnet.name + " uses it",
               "xconn subnet update " + vnet.name + " " + subnet.name + " nsg=");
}

void peering_needs_provider(const Topology& before, const Step& step, Refusals& out) {
  const auto* circuit = find(before.circuits, step.names.at(0));
  if (circuit == nullptr || circuit->provider_state == kProvisioned) return;
  refuse(out, "circuit " + circuit->name,
         "a peering is configured when the provider state is Provisioned, and it is " + circuit->provider_state,
         "xconn provider provision --service-key " + circuit->service_key);
}

constexpr std::array kSteps{
    StepGuard{"V8", "create", "peering", "a peering is configured on a circuit that is Provisioned", kWorkflows,
              peering_needs_provider},
    StepGuard{"V8", "update", "peering", "a peering is configured on a circuit that is Provisioned", kWorkflows,
              peering_needs_provider},
    StepGuard{"V10", "delete", "circuit", "what is linked to a circuit goes before it", kCli, circuit_unlinked},
    StepGuard{"V9", "delete", "circuit", "a circuit is deleted when its provider has deprovisioned it", kCli,
              circuit_deprovisioned},
    StepGuard{"V10", "delete", "peering", "connections go before the private peering that carries them", kCli,
              peering_unlinked},
    StepGuard{"V36", "delete", "gateway", "a gateway that is used is not deleted", kVnetPeering, gateway_unlinked},
    StepGuard{"V36", "delete", "vnet", "a VNet that is used is not deleted", kCommonErrors, vnet_unused},
    StepGuard{"V36", "delete", "subnet", "a subnet that is used is not deleted", kCommonErrors, subnet_unused},
    StepGuard{"V36", "delete", "route-table", "a route table that is used is not deleted", kCommonErrors,
              route_table_unused},
    StepGuard{"V36", "delete", "nsg", "a security group that is used is not deleted", kCommonErrors, nsg_unused},
};

// --- changes --------------------------------------------------------------------------------------------------------

/// Calls `check(before, after)` for each circuit that is in both.
template <class Check>
void for_circuits(const Topology& before, const Topology& after, Check check) {
  for (const auto& now : after.circuits)
    if (const auto* old = find(before.circuits, now.name)) check(*old, now);
}

void bandwidth_up(const Topology& before, const Topology& after, Refusals& out) {
  for_circuits(before, after, [&](const Circuit& old, const Circuit& now) {
    if (now.bandwidth < old.bandwidth)
      refuse(out, "circuit " + now.name, "InternalError: the bandwidth of a circuit cannot be reduced",
             "delete the circuit and create it again");
  });
}

void family_up(const Topology& before, const Topology& after, Refusals& out) {
  for_circuits(before, after, [&](const Circuit& old, const Circuit& now) {
    if (old.family == "UnlimitedData" && now.family == "MeteredData")
      refuse(out, "circuit " + now.name, "UnlimitedData cannot become MeteredData",
             "delete the circuit and create it again");
  });
}

void premium_down(const Topology& before, const Topology& after, Refusals& out) {
  for_circuits(before, after, [&](const Circuit& old, const Circuit& now) {
    const auto linked = connections_of(after, now.name).size();
    if (old.sku == "Premium" && now.sku == "Standard" && linked > kStandardVnets)
      refuse(out, "circuit " + now.name, std::to_string(linked) + " VNets are linked, and Standard takes 10",
             "delete connections first");
  });
}

void connection_when_ready(const Topology& before, const Topology& after, Refusals& out) {
  for (const auto& connection : after.connections) {
    const auto* circuit = find(after.circuits, connection.circuit);
    if (circuit == nullptr || find(before.connections, connection.name) != nullptr) continue;
    if (circuit->provider_state != kProvisioned)
      refuse(out, "connection " + connection.name,
             "circuit " + circuit->name + " is " + circuit->provider_state + ", not Provisioned",
             "xconn provider provision --service-key " + circuit->service_key);
    else if (!circuit->private_peering)
      refuse(out, "connection " + connection.name, "circuit " + circuit->name + " has no private peering",
             "xconn peering create " + circuit->name + " private ...");
  }
}

void deprovisioned_unlinked(const Topology& before, const Topology& after, Refusals& out) {
  for_circuits(before, after, [&](const Circuit& old, const Circuit& now) {
    if (old.provider_state != kProvisioned || now.provider_state == kProvisioned) return;
    if (const auto names = connections_of(after, now.name); !names.empty())
      refuse(out, "circuit " + now.name, "VNets are linked to it still: " + joined(names),
             "xconn connection delete " + names.front());
  });
}

constexpr std::array kChanges{
    ChangeGuard{"V2", "the bandwidth of a circuit only goes up", kCli, bandwidth_up},
    ChangeGuard{"V3", "UnlimitedData does not become MeteredData", kCli, family_up},
    ChangeGuard{"V4", "Premium becomes Standard only with 10 VNets or fewer", kCli, premium_down},
    ChangeGuard{"V8", "a gateway is linked to a circuit that is Provisioned and has private peering", kWorkflows,
                connection_when_ready},
    ChangeGuard{"V10", "VNets are unlinked before a circuit is deprovisioned", kWorkflows, deprovisioned_unlinked},
};

void raise(const Topology& topology, const Refusals& refusals) {
  std::vector<Finding> findings;
  for (const auto& refusal : refusals)
    findings.push_back({{topology.file, 0, 0}, refusal.object, "", "", refusal.reason, refusal.remedy, refusal.code});
  if (!findings.empty()) throw TopologyError(std::move(findings));
}

void mark(Refusals& refusals, std::size_t from, std::string_view code) {
  for (auto i = from; i < refusals.size(); ++i) refusals[i].code = code;
}

}  // namespace

std::span<const StepGuard> step_guards() { return kSteps; }
std::span<const ChangeGuard> change_guards() { return kChanges; }

model::Document keeping_names(const model::Topology& running, model::Document document) {
  const auto after = model::read(document);
  for (const auto& now : after.circuits) {
    const auto* old = find(running.circuits, now.name);
    if (old == nullptr || !now.routers.empty() || routers_of(running, *old) == routers_of(after, now)) continue;
    document.put({"circuits", now.name, "routers"}, routers_of(running, *old));
  }
  return document;
}

void demand_possible(const Topology& before, const Step& step) {
  Refusals refusals;
  for (const auto& guard : kSteps) {
    if (guard.object != step.object || guard.verb != step.verb) continue;
    const auto from = refusals.size();
    guard.check(before, step, refusals);
    mark(refusals, from, guard.code);
  }
  raise(before, refusals);
}

void demand_changeable(const Topology& before, const Topology& after) {
  Refusals refusals;
  for (const auto& guard : kChanges) {
    const auto from = refusals.size();
    guard.check(before, after, refusals);
    mark(refusals, from, guard.code);
  }
  raise(before, refusals);
}

}  // namespace xconn::azure
