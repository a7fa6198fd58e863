// SPDX-License-Identifier: Apache-2.0
// What an expectation says, as reports and lists of drills name it: "outage of client-to-app <= 3.50 s".
#pragma once

#include <string>

#include "drill/drill.hh"

namespace xconn::drill {

std::string sentence_of(const Expectation& expectation);

}  // namespace xconn::drill
