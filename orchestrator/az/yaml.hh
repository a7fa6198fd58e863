// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace xconn::az {

/// Block style, keys sorted, lists not indented: as PyYAML's safe_dump writes it for `az -o yaml`.
std::string yaml_text(const nlohmann::json& value);

}  // namespace xconn::az
