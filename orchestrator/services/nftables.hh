// SPDX-License-Identifier: Apache-2.0
// nftables through libnftables, inside a namespace.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace xconn::sys {
class Netns;
}

namespace xconn::services {

/// Applies a ruleset (what `nft -f` takes) as one transaction: all of it or nothing.
/// Throws KernelError with libnftables' own sentence (line, column and reason; the ruleset has no file name), which is
/// of `node`.
void apply_ruleset(const sys::Netns& netns, const std::string& ruleset, const std::string& node = {});

/// Puts `after` in the place of `before` in one transaction: no packet meets a ruleset in between. Tables that `before`
/// does not name (a daemon's own) are left alone.
void replace_ruleset(const sys::Netns& netns, const std::string& before, const std::string& after);

/// The same for libnftables' JSON ({"nftables": [...]}).
void apply_ruleset_json(const sys::Netns& netns, const nlohmann::json& ruleset);

/// `nft -j list ...`: the "nftables" array, counters included. command: "list ruleset", "list table inet nsg".
nlohmann::json read_ruleset(const sys::Netns& netns, const std::string& command = "list ruleset");

}  // namespace xconn::services
