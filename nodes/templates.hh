// SPDX-License-Identifier: Apache-2.0
// The mustache templates of this folder, embedded into the program when it is built.
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xconn::nodes {

/// name: the path below nodes/ without ".mustache". Empty lines are dropped. Throws Error for a
/// value that the format of the file cannot hold ({{{this}}} is taken as it is), std::logic_error for an unknown or
/// broken template.
std::string rendered(std::string_view name, const kainjow::mustache::data& data);

/// All that are embedded: name and text. The build generates its body.
const std::vector<std::pair<std::string_view, std::string_view>>& templates();

}  // namespace xconn::nodes
