// SPDX-License-Identifier: Apache-2.0
// Text that somebody else wrote, made safe to show. A character is plain when a terminal, an editor or a browser shows
// it and does nothing else: no control character (C0, DEL, C1), none that turns the direction of writing, no line
// separator, no byte that is not UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xconn {

struct Character {
  std::size_t length;  ///< bytes
  char32_t code;
};
/// nullopt where no UTF-8 character begins.
std::optional<Character> character_at(std::string_view text, std::size_t at);

bool is_plain(char32_t code);
/// Whether all of it is plain; with `lines`, line feeds and tabs as well.
bool is_plain(std::string_view text, bool lines = false);

/// One line for a terminal: what is not plain is shown, as \n, \x1b or \u202e.
std::string printable(std::string_view text);
/// The same of several lines: line feeds and tabs stay.
std::string printable_lines(std::string_view text);

}  // namespace xconn
