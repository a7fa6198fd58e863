// SPDX-License-Identifier: Apache-2.0
// What an import could not carry over, and what it assumed: one note for each thing, with its place in the input.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hh"
#include "importing/text/note.hh"
#include "model/raw.hh"

namespace xconn::importing {

/// What was done about most of what cannot be carried over.
constexpr const char* kLeftOut = "it was left out";

class Notes {
 public:
  static constexpr std::size_t kKept = 10'000;

  void add(Note note);
  /// One of many that say the same of different things: three or more become one, which says `together` was done.
  void add_alike(Note note, std::string together);
  /// Of the import as a whole: kept also when there are kKept already.
  void add_anyway(Note note);
  /// At `raw`, with its text as the value.
  void at(const model::Raw& raw, std::string object, std::string field, std::string reason, std::string instead);
  /// An expression without a value; one note for each reason, and one for all parameters that a file lacks.
  void unevaluated(const model::Raw& raw, const std::string& object, const std::string& field, const std::string& why);
  /// A resource of a type that has no counterpart; one note for each type, none for what no packet feels and for parts
  /// of what was left out.
  void foreign(const Where& where, const std::string& type, const std::string& name);
  /// In the order of the files and of their lines. What is said of several of a kind in the same words is one note.
  std::vector<Note> take();

 private:
  struct Kept {
    Note note;
    std::string group;     ///< one note for all of it
    std::string together;  ///< what that says was done; empty: the same
  };
  struct Foreign {
    Where where;
    std::vector<std::string> names;
  };
  struct Missing {
    std::set<std::string> parameters;
    std::vector<Kept> notes;
  };
  void keep(Kept kept);
  void push(Kept kept);
  void take_foreign();
  void take_missing();

  std::vector<Kept> kept_;
  std::map<std::string, Missing> missing_;  ///< by file
  std::map<std::string, Foreign> foreign_;  ///< by type
  std::size_t dropped_ = 0;
};

/// Whether a property can have a bearing on packets: "properties.addressSpace", not "tags.env" or a password.
bool is_felt(std::string_view path);

/// Whether somebody blanked this value before handing the file on: "<redacted>", "XXXX", "10.X.X.0/24", "****".
bool is_placeholder(const std::string& text);

/// Whether this is the name of a key or a password: what it says is never shown.
bool is_secret(std::string_view key);

/// "a, b, c and 5 more"
std::string joined(const std::set<std::string>& words);

/// One printable line, shortened.
std::string printable(const std::string& text);

}  // namespace xconn::importing
