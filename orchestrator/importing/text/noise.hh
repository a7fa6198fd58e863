// SPDX-License-Identifier: Apache-2.0
// What stands in saved output of command lines beside the JSON. Whatever is none is made blank, so that what stays
// keeps its line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xconn::importing {

/// Whatever the shell wrote: Windows PowerShell's `>` writes UTF-16.
std::string as_utf8(const std::string& content);

/// The terminal's colours and moves of the cursor.
void blank_escapes(std::string& text);

/// What pages have between words and nobody sees: no-break spaces, marks without width.
void blank_unseen(std::string& text);

/// Whether a line is a warning, a prompt or a cut ("<snipped>").
bool is_noise(std::string_view line);

/// Where somebody cut something out of an object or a list.
struct Cut {
  int line = 0;
  std::string mark;  ///< what stands there
};

/// Such lines, and the CLI's spinner ("{- Finished .."). Tells the cuts within JSON.
std::vector<Cut> blank_noise(std::string& text);

/// The comma that a cut leaves before a bracket.
void blank_last_commas(std::string& text);

}  // namespace xconn::importing
