// SPDX-License-Identifier: Apache-2.0
// A typed router in FRR's language. For this folder only.
#pragma once

#include <string_view>
#include <vector>

#include "frr/statement.hh"
#include "network/bgp.hh"

namespace xconn::frr {

/// What each daemon is told, in the order of frr.conf. Notes are for people.
struct Config {
  Statements zebra, bfdd;
  Statements policy;  ///< bgpd's lists and route maps
  Statements bgpd;
};

Config config_of(const network::Speaker& speaker);

/// What every daemon has, whatever else it is told.
Statements common(const std::string& node);

Statement network_of(const network::Origin& origin);

/// Which lists and route maps the neighbour's statements name: IN-ADDRESS and OUT-ADDRESS.
struct Policy {
  Statements statements;
  bool list_in = false, list_out = false;
  bool map_in = false, map_out = false;
};
Policy policy_of(const network::Speaker& speaker, const network::Neighbor& neighbor);

/// The route map that gives a network its communities; no statement when it has none.
Statements origin_map(const network::Origin& origin);
std::string origin_map_name(const network::Origin& origin);

/// The sections of a user's lines that `daemon` owns, as they stand there. What no daemon is known to own is told to
/// all, so that a mistake is refused and not lost.
std::string users_lines(std::string_view daemon, std::string_view text);
Statements users_statements(std::string_view daemon, std::string_view text);

/// The whole of a list of statements, each level one blank further in.
std::string to_text(const Statements& statements, std::size_t depth = 0);

}  // namespace xconn::frr
