// SPDX-License-Identifier: Apache-2.0
// What completion knows of exercises.
#pragma once

#include <string>
#include <vector>

namespace xconn::cli {

/// The names of the exercises in $XCONN_EXERCISES and of those that are installed with this program, in order.
std::vector<std::string> exercise_names();

}  // namespace xconn::cli
