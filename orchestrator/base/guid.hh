// SPDX-License-Identifier: Apache-2.0
// GUIDs as Azure writes them.
#pragma once

#include <string>
#include <string_view>

namespace xconn {

/// Whether `text` is 8-4-4-4-12 hexadecimal digits.
bool is_guid(std::string_view text);

/// A stable GUID made from a name, so that two runs of a lab compare: version 8 of RFC 9562, in lower case. Two names
/// that differ give GUIDs that differ; nothing about it is random or secret.
std::string guid_from_name(std::string_view name);

}  // namespace xconn
