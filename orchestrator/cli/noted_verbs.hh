// SPDX-License-Identifier: Apache-2.0
// Which verbs are noted in the lab of an exercise, and why the others are not. docs/training.md has the same table.
#pragma once

#include <string>
#include <string_view>

namespace xconn::cli {

/// Whose lab a verb is noted in.
enum class Noted {
  kOfOption,  ///< that of `--lab`
  kByItself,  ///< those that the verb names otherwise: it calls note_command_line()
  kNever,
};

/// Of a verb as it is typed after `xconn`. Throws std::logic_error for one without `--lab` that has no row.
Noted noted(std::string_view verb, bool has_lab_option);

/// "| verb | why it is not recorded |" and a line for each that a user sees.
std::string unnoted_table();

}  // namespace xconn::cli
