#pragma once

#include <string>

namespace xconn::importing {

/// A text in which somebody shows what he asked with `az` and what it said: all but the JSON that follows those lines
/// is made blank, so that what stays keeps its line and column. Without such a line it is left as it is.
void blank_prose(std::string& text);

}  // namespace xconn::importing
