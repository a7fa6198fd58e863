// SPDX-License-Identifier: Apache-2.0
// The door to CLI11: its header takes longer to compile than all that a verb does. What walks its tree (help, manual,
// completion) goes past the door.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace xconn::cli {

/// An option or an argument of a verb; CLI11 owns it.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}
  Option required() const;
  Option one_of(std::vector<std::string> words) const;
  Option environment(const char* variable) const;  ///< where its value comes from when it is not given
  Option excludes(Option other) const;
  Option between(int least, int most) const;  ///< so many words
  Option repeatable() const;                  ///< one word each time
  Option comma_separated() const;             ///< one word, of several

 private:
  CLI::Option* option_;
};

/// A verb, or the program as the verb of all; CLI11 owns it.
class Verb {
 public:
  Verb(CLI::App& app) : app_(&app) {}
  Verb add(const std::string& name, const std::string& help) const;
  /// `value`: a std::string, an optional one, several, or an int; defined for these.
  template <class Value>
  Option option(const std::string& names, Value& value, const std::string& help = {}) const;
  Option flag(const std::string& names, bool& value, const std::string& help) const;

  Verb alias(const std::string& name) const;
  Verb hidden() const;
  Verb needs_subverb() const;
  void positionals_at_end() const;  ///< the first positional and what follows is no option
  void take_the_rest() const;       ///< remaining() has it
  void footer(const std::string& text) const;
  std::vector<std::string> remaining() const;
  CLI::App& app() const { return *app_; }

 private:
  CLI::App* app_;
};

/// Exit code 2, with the words that CLI11 has for it: "OPTION: REASON".
[[noreturn]] void refuse(const std::string& option, const std::string& reason);

}  // namespace xconn::cli
