// SPDX-License-Identifier: Apache-2.0
// Pictures of a plan. Pure.
#pragma once

#include <string>

#include "plan/plan.hh"

namespace xconn::cli {

std::string to_mermaid(const plan::Plan& plan);
/// Graphviz, one cluster a site.
std::string to_dot(const plan::Plan& plan);

}  // namespace xconn::cli
