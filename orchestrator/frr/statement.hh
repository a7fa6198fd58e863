// SPDX-License-Identifier: Apache-2.0
// A configuration of FRR as a tree of statements, which text and commands are made of. For this folder only.
#pragma once

#include <string>
#include <vector>

namespace xconn::frr {

struct Statement {
  std::string key;           ///< what it sets: "neighbor 192.0.2.1 remote-as", "router bgp 65001", "no bgp ..."
  std::string value = {};    ///< "65001"; another value takes its place without a "no"
  std::string subject = {};  ///< "neighbor 192.0.2.1", with which it goes
  /// What its list holds only once, under whatever number: FRR passes over an entry that is there already.
  std::string entry = {};
  bool is_section = false;
  bool only_emptied = false;  ///< a section that cannot be taken away as a whole
  std::string ending = "exit";
  std::vector<Statement> body = {};

  std::string text() const { return value.empty() ? key : key + " " + value; }
  bool is_note() const { return key.starts_with('!'); }
};
using Statements = std::vector<Statement>;
inline const Statements kNothing;

/// For whoever reads the file; commands pass over it.
inline Statement note(const std::string& text) { return {.key = text.empty() ? "!" : "! " + text}; }

inline void append(Statements& to, const Statements& from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace xconn::frr
