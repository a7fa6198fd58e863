// SPDX-License-Identifier: Apache-2.0
// A page in which somebody shows what he asked and what was said: notes in Markdown, a saved terminal.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace xconn::importing {

/// A block of JSON in a page, in bytes.
struct Block {
  std::size_t from, to;
};

/// A command whose output cannot be read.
struct Unread {
  int line;
  std::string command;
};

struct Page {
  std::vector<Block> blocks;
  std::vector<Unread> unread;
  std::set<std::string> languages;  ///< of fences that hold something else
  int lines = 0;                    ///< that are neither a command nor JSON
  int first_line = 0;               ///< of those
};

/// Makes all but the JSON blank, so that what stays keeps its line and column. nullopt, and the text as it was, where
/// there is neither a command nor the fence of a block in it.
std::optional<Page> read_page(std::string& text);

}  // namespace xconn::importing
