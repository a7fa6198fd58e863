// SPDX-License-Identifier: Apache-2.0
// What is near to an input and is none: what it is, and how to get JSON of it.
#pragma once

#include <optional>
#include <string>

#include "importing/text/note.hh"

namespace xconn::importing {

struct Advice {
  std::string rule, remedy;
};

/// For what is no text, is empty, or is too large.
std::optional<Advice> advice_on_bytes(const Text& text);

/// For what az prints when a command fails.
std::optional<Advice> advice_on_failure(const Text& text);

/// For a text in which no JSON was found; in UTF-8. A page with commands or blocks has prose and a header, which look
/// like YAML and lists.
std::optional<Advice> advice_on_text(const Text& text, bool is_page);

}  // namespace xconn::importing
