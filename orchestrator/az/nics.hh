// SPDX-License-Identifier: Apache-2.0
// What the fabric does for one NIC, as commands.cc has it in its table.
#pragma once

#include "az/command.hh"

namespace xconn::az {

std::vector<Question> ask_effective_routes(const Query& query);
nlohmann::json effective_routes(const Query& query, const Answers& answers);
std::vector<Question> ask_effective_nsg(const Query& query);
nlohmann::json effective_nsg(const Query& query, const Answers& answers);
nlohmann::json effective_nsg_rows(const nlohmann::json& answer);

}  // namespace xconn::az
