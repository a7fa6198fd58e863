// SPDX-License-Identifier: Apache-2.0
// An answer as the user wants to see it: -o json, jsonc, yaml, yamlc, table, tsv or none.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "az/arguments.hh"

namespace xconn::az {

/// With its last line's end; empty for "none", and for a query that found nothing. `colour`: jsonc on a terminal.
std::string text_of(const nlohmann::json& value, const Arguments& arguments, bool colour);

}  // namespace xconn::az
