// SPDX-License-Identifier: Apache-2.0
// The command line of `az` as its parser takes it (Python's argparse): words of the command, then options in any order,
// with the same complaints.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "az/command.hh"

namespace xconn::az {

enum class Shape { k2021, k2026 };

struct Arguments {
  const Command* command = nullptr;
  std::map<std::string, std::string> options;  ///< the command's own, by long name without dashes
  std::string output = "json";                 ///< json | jsonc | yaml | yamlc | table | tsv | none
  std::string query;                           ///< JMESPath, or empty
  Shape shape = Shape::k2026;
  std::string lab;   ///< ours, not Azure's
  std::string help;  ///< the text to print instead, when help was asked for
  bool only_errors = false;
};

/// Throws Refusal as `az` does: exit code 2.
Arguments parse(const std::vector<std::string>& words);

}  // namespace xconn::az
