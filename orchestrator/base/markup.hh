// SPDX-License-Identifier: Apache-2.0
// Text into the languages that pictures and reports are written in: one function each, and the only ones that do it.
// What comes out shows the same characters and has no meaning there; controls are shown as base/text.hh shows them.
#pragma once

#include <string>
#include <string_view>

namespace xconn {

/// Inside a quoted label.
std::string mermaid_text(std::string_view text);
/// Inside a double-quoted string of Graphviz.
std::string dot_text(std::string_view text);
/// Anywhere in a paragraph, a heading or a cell of a table (CommonMark with GitHub's tables). One line.
std::string markdown_text(std::string_view text);
/// A paragraph of its own: lines flow into one, and how it begins makes it neither a heading nor a list.
std::string markdown_paragraph(std::string text);
/// Content or a quoted attribute of XML 1.0, SVG and HTML; line feeds and tabs stay.
std::string xml_text(std::string_view text);

}  // namespace xconn
