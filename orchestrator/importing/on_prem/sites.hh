// SPDX-License-Identifier: Apache-2.0
// Who is one customer: Azure's files name circuits and local gateways, but nobody behind them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "importing/objects/types.hh"

namespace xconn::importing {

/// One customer: circuits and local gateways that lead to the same VNets.
struct OnPremSite {
  std::set<std::string> vnets;
  std::vector<std::string> circuits, local_gateways;
};

/// nullptr when it is in none of the files.
const model::Gateway* gateway_of(const Draft& draft, const model::Connection& connection);

std::vector<OnPremSite> sites_of(const Draft& draft);

}  // namespace xconn::importing
