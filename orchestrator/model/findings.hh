// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a topology. A path leads from the root of the file to the thing: its first steps name the
// object ("nodes", "hq-fgt" is "node hq-fgt"), the rest is the field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hh"
#include "model/raw.hh"

namespace xconn::model {

struct Step {
  Step(std::string_view key) : name(key) {}
  Step(const char* key) : name(key) {}
  Step(const std::string& key) : name(key) {}
  Step(std::size_t item) : index(static_cast<int>(item)) {}

  std::string name;  ///< of a key, or empty and
  int index = -1;    ///< the place in a list, from 0
  friend bool operator==(const Step&, const Step&) = default;
};
using Path = std::vector<Step>;

/// The fault itself, without the place.
struct Fault {
  std::string value;  ///< never a secret; shortened and made printable when it is reported
  std::string rule;
  std::string remedy;
  std::string code;
};

/// As a message has it: object and field of the path, a value that a line has room for.
Finding finding_of(const Where& where, const Path& path, Fault fault);

class Findings {
 public:
  static constexpr std::size_t kKept = 100;

  void add(const Where& where, const Path& path, Fault fault);
  void add(Finding finding);
  /// Adds all that another one has.
  void take(const Findings& other);
  /// Whether what is added from here on is only counted: whoever must think about its text can call count_one().
  bool is_full() const { return kept_.size() == kKept; }
  void count_one() { ++total_; }
  /// Removes those of rules, and returns them.
  std::vector<Finding> take_out(const std::vector<std::string>& codes);
  bool empty() const { return total_ == 0; }
  /// What is added from here on comes from rules, not from reading.
  void end_of_reading() { read_ = paths_.size(); }
  /// Whether reading reported this very field, what holds it (up to its object) or a part of it.
  bool touched(const Path& path) const;
  /// Throws TopologyError when there is any: ordered by place, the first kKept and one that counts the rest.
  void raise(const std::string& file);

 private:
  std::vector<Finding> kept_;
  std::vector<Path> paths_;
  std::size_t total_ = 0, read_ = 0;
};

/// Where `path` stands below `root`: the deepest part of it that is written. Steps into a list that name nothing there
/// are passed over, so the short form of an object is found as its long form.
Position locate(const Raw& root, const Path& path);

/// "did you mean 'gateway'", or "" when no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

/// "a, b or c"
std::string one_of(const std::vector<std::string_view>& words);

}  // namespace xconn::model
