// SPDX-License-Identifier: Apache-2.0
// What ARM's own tools take beyond JSON: comments, and strings over several lines.
#pragma once

#include <string>

namespace xconn::importing {

/// The end of a line within a string, which no JSON may have. It still counts as a line (json.cc).
constexpr char kLineInString = '\x7f';

/// `//` and `/* */` become blanks, line ends within strings kLineInString. Lines keep their numbers, and what is in no
/// bracket, such as prose, stays as it is.
void blank_comments(std::string& text);

/// Whether the first thing in the text is a bracket or a comment.
bool begins_as_json(const std::string& text);

}  // namespace xconn::importing
