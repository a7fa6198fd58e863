// SPDX-License-Identifier: Apache-2.0
// `-o table`: a line of titles, a line of dashes, a line a row, as Python's tabulate prints its "simple" form.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "az/command.hh"

namespace xconn::az {

/// `as_queried`: the value is the result of a query, so the command's own columns do not apply and `query` gives their
/// order. Throws Refusal for what has no plain values.
std::string table_text(const nlohmann::json& value, const Command& command, const std::string& query);

/// A plain value as Python prints it: True, False, None.
std::string plain_text(const nlohmann::json& value);

/// The keys of an object in the order in which a query mentions them; those that it does not mention by name.
std::vector<std::string> keys_in_order(const nlohmann::json& object, const std::string& query);

}  // namespace xconn::az
