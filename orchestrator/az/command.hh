// SPDX-License-Identifier: Apache-2.0
// One read-out of `az`: which words and options it has, what it asks of the lab, and what it makes of the answers. All
// of it is pure: questions out, answers in, JSON out.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/topology.hh"

namespace xconn::az {

/// What one invocation is about. `topology` is what the lab runs now; its resource group bears the lab's name.
struct Query {
  const model::Topology& topology;
  std::map<std::string, std::string> options;  ///< by the option's long name without its dashes

  const std::string& group() const { return topology.name; }
  /// The option's value; empty when it was not given.
  std::string at(std::string_view option) const {
    const auto found = options.find(std::string(option));
    return found == options.end() ? std::string{} : found->second;
  }
};

/// A question as lab/ask.hh has them.
struct Question {
  std::string node, what, text;
};

/// The answers to a command's questions, in their order.
class Answers {
 public:
  explicit Answers(nlohmann::json answers) : answers_(std::move(answers)) {}
  /// nullptr when that question failed.
  const nlohmann::json* find(std::size_t index) const;
  /// Throws Refusal with what did not work.
  const nlohmann::json& at(std::size_t index) const;

 private:
  nlohmann::json answers_;
};

struct Option {
  std::string_view name;         ///< "--name"
  std::string_view letter = {};  ///< "-n"
  bool required = false;
  std::string_view help = {};
};

/// A column of `-o table`, for the commands that choose their columns.
struct Column {
  enum class Form { kText, kList, kCount };
  std::string_view title;
  std::string_view key;  ///< dotted: "addressSpace.addressPrefixes"
  Form form = Form::kText;
  std::string_view between = " ";  ///< kList: what stands between two
};

struct Command {
  std::string_view path;  ///< "network express-route list-arp-tables"
  std::string_view help;
  std::vector<Option> options;
  /// Throws Refusal when what is asked for is not there. nullptr: the topology says it all.
  std::vector<Question> (*ask)(const Query&);
  nlohmann::json (*answer)(const Query&, const Answers&);
  std::vector<Column> columns = {};                         ///< empty: every plain value, by name
  nlohmann::json (*rows)(const nlohmann::json&) = nullptr;  ///< of the table; nullptr: the list, or its `value`
  bool preview = false;                                     ///< Azure warns that it is one
};

/// The table of commands, sorted by path.
const std::vector<Command>& commands();

}  // namespace xconn::az
