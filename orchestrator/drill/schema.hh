// SPDX-License-Identifier: Apache-2.0
// What the words of a drill file are, for editors and for people.
#pragma once

#include <string>

namespace xconn::drill {

/// JSON schema (2020-12) of a drill file, with a trailing newline.
std::string json_schema();

/// Every key of every part of it: docs/drill-keys.md.
std::string reference_markdown();

}  // namespace xconn::drill
