// SPDX-License-Identifier: Apache-2.0
// What a kind of fault may be done to.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace xconn::faults {

struct Inventory;
struct Kind;

std::vector<std::string> targets(const Kind& kind, const Inventory& inventory);
/// Why a target is none for this kind, naming what there is; nullopt when it is one.
std::optional<std::string> target_fault(const Kind& kind, const std::string& target, const Inventory& inventory);

}  // namespace xconn::faults
