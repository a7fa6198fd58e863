// SPDX-License-Identifier: Apache-2.0
// Reading a drill file: maps of YAML in which every fault becomes a finding and reading goes on. Only drill's readers
// include this (and with it yaml-cpp).
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "base/errors.hh"
#include "drill/mention.hh"

namespace xconn::drill {

using Findings = std::vector<Finding>;

/// What a file says beside its words.
struct Notes {
  Findings findings;
  std::vector<Mention> mentions;
};

/// One map of the file. What is asked for is known; finish() reports the keys that nobody asked for.
class Section {
 public:
  Section(YAML::Node node, std::string file, std::string object, Notes& notes);

  Where where() const { return place(node_); }
  bool has(const std::string& key);
  std::optional<std::string> text(const std::string& key);   ///< one line
  std::optional<std::string> lines(const std::string& key);  ///< several
  std::string required_text(const std::string& key);
  std::string required_name(const std::string& key);  ///< of a drill, a fault: it becomes part of files' names
  std::optional<Duration> duration(const std::string& key);
  std::optional<std::uint64_t> number(const std::string& key, std::uint64_t most);
  std::optional<bool> yes_or_no(const std::string& key);
  std::vector<std::string> texts(const std::string& key, bool lines = false);  ///< a list, or a single word
  /// A list whose entries are a word, or a list of words.
  std::vector<std::vector<std::string>> alternatives(const std::string& key);
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& key);
  /// A list of exactly two durations, the second not before the first.
  std::optional<std::pair<Duration, Duration>> span(const std::string& key);
  /// Each entry of a list, or of a map with its key; nothing when the key is missing.
  void each_item(const std::string& key, const std::function<void(Section&)>& read);
  void each_named(const std::string& key, const std::function<void(const std::string& name, Section&)>& read);
  std::optional<Section> section(const std::string& key);
  /// All keys that have not been asked for, as text; they count as asked for then.
  std::vector<std::pair<std::string, std::string>> rest();
  void finish();

  /// A finding about one of its keys, or (key empty) about the section itself.
  void fault(const std::string& key, const std::string& rule, const std::string& remedy = {});
  /// Notes that the words of a key (and of lists inside it) name something; `of` as in Mention.
  void mention(const std::string& key, Named what, const std::string& of = {});
  /// The same of a map NODE: INTERFACE.
  void mention_ends(const std::string& key);
  void rename(std::string object) { object_ = std::move(object); }

 private:
  YAML::Node get(const std::string& key);
  YAML::Node find(const std::string& key) const;
  Where place(const YAML::Node& node) const;
  std::optional<std::string> scalar(const YAML::Node& node, const std::string& key, bool lines = false);
  void check_name(const YAML::Node& node, const std::string& key, const std::string& name);
  void mention_words(const YAML::Node& node, const Mention& mention);
  std::vector<std::string> words(const YAML::Node& node, const std::string& key, bool lines = false);

  YAML::Node node_;
  std::string file_, object_;
  Notes* notes_;
  std::set<std::string> asked_;
};

}  // namespace xconn::drill
