// SPDX-License-Identifier: Apache-2.0
// From one list of statements to another, as commands. For this folder only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "frr/statement.hh"

namespace xconn::frr {

using Commands = std::vector<std::string>;

class Difference {
 public:
  explicit Difference(Commands& out) : out_(out) {}

  /// What is not in `after`, in sections that stay, too; last first, as "no ...".
  void removals(const Statements& before, const Statements& after);
  /// What is new or has another value.
  void additions(const Statements& before, const Statements& after);

 private:
  void add(const Statement& statement, const Statements& before);
  void remove(const Statement& statement, const Statement* wanted);
  template <class Do>
  void inside(const Statement& section, bool always, Do act);

  Commands& out_;
  std::set<std::string> gone_;     // subjects that take all their statements with them
  std::set<std::string> settled_;  // numbered entries that have their last word
};

}  // namespace xconn::frr
