// SPDX-License-Identifier: Apache-2.0
// Words as Azure and people write them: in any case, between blanks.
#pragma once

#include <string>
#include <string_view>

namespace xconn::importing {

/// Equal but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

/// With ASCII letters in lower case.
std::string lower_case(std::string_view text);

/// With ASCII letters in upper case.
std::string upper_case(std::string_view text);

/// Without the blanks at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace xconn::importing
