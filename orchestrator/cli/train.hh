// SPDX-License-Identifier: Apache-2.0
// Exercises beside their verb: what completion knows of them, and the exams in which students work at them.
#pragma once

#include <string>
#include <vector>

#include "cli/verb.hh"

namespace xconn::cli {

class Session;

/// Adds `xconn exam`, for students; the teacher's part is a verb of `xconn train`.
void add_exam(Verb app, Session& session);

/// The names of the exercises in $XCONN_EXERCISES and of those that are installed with this program, in order.
std::vector<std::string> exercise_names();

}  // namespace xconn::cli
