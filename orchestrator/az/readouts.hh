// SPDX-License-Identifier: Apache-2.0
// The read-outs, one pair of functions a command; commands.cc is their table. `ask_*` say what they need from the lab,
// `*_json` make Azure's answer of it (in the shape of 2026; shape.hh makes the older one).
#pragma once

#include "az/command.hh"

namespace xconn::az {

// circuits.cc: configuration, and the state of peerings
const model::Circuit& circuit_of(const Query& query, std::string_view option = "name");
std::string service_key(const Query& query, const model::Circuit& circuit);
std::vector<Question> ask_peerings(const Query& query);
nlohmann::json circuit_list(const Query& query, const Answers& answers);
nlohmann::json circuit_show(const Query& query, const Answers& answers);
nlohmann::json peering_list(const Query& query, const Answers& answers);
nlohmann::json peering_show(const Query& query, const Answers& answers);
nlohmann::json provider_list(const Query& query, const Answers&);

// edge.cc: what the MSEEs see
std::vector<Question> ask_arp_table(const Query& query);
nlohmann::json arp_table(const Query& query, const Answers& answers);
std::vector<Question> ask_route_table(const Query& query);
nlohmann::json route_table(const Query& query, const Answers& answers);
std::vector<Question> ask_route_summary(const Query& query);
nlohmann::json route_summary(const Query& query, const Answers& answers);
std::vector<Question> ask_statistics(const Query& query);
nlohmann::json statistics(const Query& query, const Answers& answers);

// gateways.cc: configuration
const model::Gateway& gateway_of(const Query& query, std::string_view option = "name");
nlohmann::json gateway_list(const Query& query, const Answers&);
nlohmann::json gateway_show(const Query& query, const Answers&);

// bgp.cc: what the gateways' instances say of BGP
std::vector<Question> ask_bgp_peers(const Query& query);
nlohmann::json bgp_peers(const Query& query, const Answers& answers);
std::vector<Question> ask_learned_routes(const Query& query);
nlohmann::json learned_routes(const Query& query, const Answers& answers);
std::vector<Question> ask_advertised_routes(const Query& query);
nlohmann::json advertised_routes(const Query& query, const Answers& answers);

// connections.cc
std::vector<Question> ask_connections(const Query& query);
nlohmann::json connection_list(const Query& query, const Answers& answers);
nlohmann::json connection_show(const Query& query, const Answers& answers);

// vnets.cc: configuration, and the state of peerings
std::vector<Question> ask_vnets(const Query& query);
nlohmann::json vnet_list(const Query& query, const Answers& answers);
nlohmann::json vnet_show(const Query& query, const Answers& answers);
nlohmann::json vnet_peering_list(const Query& query, const Answers& answers);
nlohmann::json vnet_peering_show(const Query& query, const Answers& answers);

}  // namespace xconn::az
