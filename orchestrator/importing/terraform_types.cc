// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "importing/terraform.hh"

namespace xconn::importing {
namespace {

using As = TerraformWord::As;

const TerraformWord kWords[] = {
    {"next_hop_in_ip_address", "nextHopIpAddress"},
    {"peering_addresses", "bgpPeeringAddresses"},
    {"apipa_addresses", "customBgpIpAddresses"},
    {"default_addresses", "defaultBgpIpAddresses"},
    {"security_group", "networkSecurityGroup", As::kReference},
    {"sa_lifetime", "saLifeTimeSeconds"},
    {"sa_datasize", "saDataSizeKilobytes"},
    {"ike_encryption", "ikeEncryption"},
};

const TerraformType kTypes[] = {
    {"azurerm_virtual_network",
     "microsoft.network/virtualnetworks",
     {"name"},
     {{"address_space", "addressSpace.addressPrefixes"},
      {"subnet", "subnets"},
      {"bgp_community", "bgpCommunities.virtualNetworkCommunity"},
      {"dns_servers", "dhcpOptions"}}},
    {"azurerm_subnet", "microsoft.network/virtualnetworks/subnets", {"virtual_network_name", "name"}, {}},
    {"azurerm_subnet_route_table_association", "microsoft.network/virtualnetworks/subnets", {"@subnet_id"}, {}},
    {"azurerm_subnet_network_security_group_association",
     "microsoft.network/virtualnetworks/subnets",
     {"@subnet_id"},
     {{"network_security_group_id", "networkSecurityGroup", As::kReference}}},
    {"azurerm_virtual_network_peering",
     "microsoft.network/virtualnetworks/virtualnetworkpeerings",
     {"virtual_network_name", "name"},
     {}},
    {"azurerm_route_table",
     "microsoft.network/routetables",
     {"name"},
     {{"route", "routes"}, {"bgp_route_propagation_enabled", "disableBgpRoutePropagation", As::kNot}}},
    {"azurerm_route", "microsoft.network/routetables/routes", {"route_table_name", "name"}, {}},
    {"azurerm_network_security_group",
     "microsoft.network/networksecuritygroups",
     {"name"},
     {{"security_rule", "securityRules"}}},
    {"azurerm_network_security_rule",
     "microsoft.network/networksecuritygroups/securityrules",
     {"network_security_group_name", "name"},
     {}},
    {"azurerm_express_route_circuit",
     "microsoft.network/expressroutecircuits",
     {"name"},
     {{"sku", "sku", As::kFirst},
      {"service_provider_name", "serviceProviderProperties.serviceProviderName"},
      {"peering_location", "serviceProviderProperties.peeringLocation"},
      {"bandwidth_in_mbps", "serviceProviderProperties.bandwidthInMbps"},
      {"rate_limiting_enabled", "enableDirectPortRateLimit"}}},
    {"azurerm_express_route_circuit_peering",
     "microsoft.network/expressroutecircuits/peerings",
     {"express_route_circuit_name", "peering_type"},
     {{"microsoft_peering_config", "microsoftPeeringConfig", As::kFirst},
      {"customer_asn", "customerASN"},
      {"ipv6", "ipv6PeeringConfig", As::kFirst}}},
    {"azurerm_express_route_circuit_authorization",
     "microsoft.network/expressroutecircuits/authorizations",
     {"express_route_circuit_name", "name"},
     {}},
    {"azurerm_express_route_circuit_connection",
     "microsoft.network/expressroutecircuits/peerings/connections",
     {"@peering_id", "name"},
     {{"peer_peering_id", "peerExpressRouteCircuitPeering", As::kReference}, {"address_prefix_ipv4", "addressPrefix"}}},
    {"azurerm_express_route_port", "microsoft.network/expressrouteports", {"name"}, {}},
    {"azurerm_route_filter", "microsoft.network/routefilters", {"name"}, {{"rule", "rules"}}},
    {"azurerm_public_ip", "microsoft.network/publicipaddresses", {"name"}, {}},
    {"azurerm_virtual_network_gateway",
     "microsoft.network/virtualnetworkgateways",
     {"name"},
     {{"type", "gatewayType"},
      {"sku", "sku.name"},
      {"generation", "vpnGatewayGeneration"},
      {"ip_configuration", "ipConfigurations"},
      {"bgp_settings", "bgpSettings", As::kFirst},
      {"private_ip_address_enabled", "enablePrivateIpAddress"}}},
    {"azurerm_virtual_network_gateway_connection",
     "microsoft.network/connections",
     {"name"},
     {{"type", "connectionType"},
      {"virtual_network_gateway_id", "virtualNetworkGateway1", As::kReference},
      {"express_route_circuit_id", "peer", As::kReference},
      {"local_network_gateway_id", "localNetworkGateway2", As::kReference},
      {"peer_virtual_network_gateway_id", "virtualNetworkGateway2", As::kReference},
      {"ipsec_policy", "ipsecPolicies"},
      {"bgp_enabled", "enableBgp"},
      {"local_azure_ip_address_enabled", "useLocalAzureIpAddress"}}},
    {"azurerm_local_network_gateway",
     "microsoft.network/localnetworkgateways",
     {"name"},
     {{"gateway_address", "gatewayIpAddress"},
      {"gateway_fqdn", "fqdn"},
      {"address_space", "localNetworkAddressSpace.addressPrefixes"},
      {"bgp_settings", "bgpSettings", As::kFirst}}},
    {"azurerm_firewall", "microsoft.network/azurefirewalls", {"name"}, {{"ip_configuration", "ipConfigurations"}}},
    {"azurerm_network_interface",
     "microsoft.network/networkinterfaces",
     {"name"},
     {{"ip_configuration", "ipConfigurations"}, {"ip_forwarding_enabled", "enableIPForwarding"}}},
    {"azurerm_network_interface_security_group_association",
     "microsoft.network/networkinterfaces",
     {"@network_interface_id"},
     {}},
    {"azurerm_network_interface_backend_address_pool_association",
     "microsoft.network/loadbalancers/backendaddresspools",
     {"@backend_address_pool_id"},
     {}},
    {"azurerm_lb_backend_address_pool_address",
     "microsoft.network/loadbalancers/backendaddresspools",
     {"@backend_address_pool_id"},
     {}},
    {"azurerm_linux_virtual_machine",
     "microsoft.compute/virtualmachines",
     {"name"},
     {{"network_interface_ids", "networkProfile.networkInterfaces", As::kReferences}}},
    {"azurerm_windows_virtual_machine",
     "microsoft.compute/virtualmachines",
     {"name"},
     {{"network_interface_ids", "networkProfile.networkInterfaces", As::kReferences}}},
    {"azurerm_virtual_machine",
     "microsoft.compute/virtualmachines",
     {"name"},
     {{"network_interface_ids", "networkProfile.networkInterfaces", As::kReferences}}},
    {"azurerm_lb",
     "microsoft.network/loadbalancers",
     {"name"},
     {{"frontend_ip_configuration", "frontendIPConfigurations"}, {"sku", "sku.name"}}},
    {"azurerm_lb_backend_address_pool",
     "microsoft.network/loadbalancers/backendaddresspools",
     {"@loadbalancer_id", "name"},
     {{"backend_ip_configurations", "backendIPConfigurations", As::kReferences}}},
    {"azurerm_lb_probe", "microsoft.network/loadbalancers/probes", {"@loadbalancer_id", "name"}, {}},
    {"azurerm_lb_rule",
     "microsoft.network/loadbalancers/loadbalancingrules",
     {"@loadbalancer_id", "name"},
     {{"frontend_ip_configuration_id", "frontendIPConfiguration", As::kReference},
      {"backend_address_pool_ids", "backendAddressPools", As::kReferences}}},
};

}  // namespace

const TerraformType* find_terraform_type(std::string_view type) {
  const auto* found = std::ranges::find(kTypes, type, &TerraformType::type);
  return found == std::end(kTypes) ? nullptr : found;
}

std::span<const TerraformWord> terraform_words() { return kWords; }

std::string camel_case(std::string_view words) {
  std::string out;
  bool is_start = false;
  for (const char c : words) {
    if (c == '_') {
      is_start = !out.empty();
      continue;
    }
    out += is_start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    is_start = false;
  }
  return out;
}

}  // namespace xconn::importing
