// SPDX-License-Identifier: Apache-2.0
// What the words of a file are, for editors and for people. Both come from the tables that reading uses, so neither can
// say what reading does not do.
#pragma once

#include <string>

namespace xconn::model {

struct ObjectInfo;

/// JSON schema (2020-12) of a file of which `root` is the table, with a trailing newline.
std::string json_schema_of(const ObjectInfo& root, const std::string& title);
/// Every key of every object below `root`, with its type, default and meaning.
std::string tables_of(const ObjectInfo& root);

/// JSON schema (2020-12) of a topology file, with a trailing newline.
std::string json_schema();

/// Every key of every object with its type, default and meaning: docs/topology.md.
std::string reference_markdown();

/// Every rule of files, changes and read-outs, with its source: docs/rules.md.
std::string rules_markdown();

}  // namespace xconn::model
