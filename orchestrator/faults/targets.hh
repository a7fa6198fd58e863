// SPDX-License-Identifier: Apache-2.0
// What a fault may be done to.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace xconn::faults {

struct Inventory;
struct Request;

/// What the request's target may be; nothing for a kind that is none.
std::vector<std::string> targets(const Request& request, const Inventory& inventory);
/// Why its target is none, naming what there is; nullopt when it is one, or the kind is none.
std::optional<std::string> target_fault(const Request& request, const Inventory& inventory);

}  // namespace xconn::faults
