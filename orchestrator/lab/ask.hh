// SPDX-License-Identifier: Apache-2.0
// Many questions about what is true now, in one round trip: for read-outs that put several daemons' words together.
//
// A question is {"node", "what", "text"}:
//
// what          text                                    answer
// "vty"         "show bgp ipv4 unicast json", of bgpd   the daemon's JSON
// "neighbours"                                          [{"interface", "address", "mac", "state", "confirmed_ms"}]
// "links"                                               [{"name", "up", "carrier", "mac", "addresses", "rx_bytes",
// ...}] "routes"      a table's number; nothing: all tables   [{"to", "table", "kind", "metric", "protocol",
//                                                         "next_hops": [{"via", "interface"}]}]
// "nft"         "list ruleset"                          libnftables' array
// "events"      a source, such as "bgp"                 the node's: [{"age_ns", "text"}]
// "service"     a service's name                        its state
//
// An answer is {"answer": ...}, or {"error": "..."} where one question failed: the others are answered.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace xconn::lab {

class Lab;
class Reply;

/// Answers {"answers": [...]} once all are there, or after two seconds with what there is.
void ask(Lab& lab, const nlohmann::json& questions, const std::shared_ptr<Reply>& to);

}  // namespace xconn::lab
