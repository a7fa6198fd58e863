// SPDX-License-Identifier: Apache-2.0
// What is said to somebody who does not know the verbs yet.
#pragma once

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace xconn::cli {

/// Puts the verbs in groups, for the help. What is in none stays an object of Azure's, but for the hidden ones.
void group_verbs(CLI::App& app);

/// Tells what was wrong with the words of the command line, or prints the help or version that they asked for. Without
/// a verb it is the help and examples; an unknown one gets the nearest. Returns the exit code.
int explain(const CLI::App& app, const CLI::ParseError& error);

}  // namespace xconn::cli
