// SPDX-License-Identifier: Apache-2.0
#include "az/arguments.hh"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "az/changing.hh"
#include "az/refusal.hh"
#include "az/resource.hh"

namespace xconn::az {
namespace {

constexpr Option kGlobals[] = {
    {"--output", "-o", false, "json, jsonc, yaml, yamlc, table, tsv or none"},
    {"--query", "", false, "JMESPath query, see http://jmespath.org/"},
    {"--subscription", "", false, "the lab is the only one there is"},
    {"--ids", "", false, "resource id, instead of the names in it"},
    {"--shape", "", false, "2026, or 2021 for the fields that older versions of az print (xconn's own)"},
    {"--lab", "-l", false, "name of the lab; not needed while only one is up (xconn's own)"},
};
constexpr std::string_view kSwitches[] = {"--only-show-errors", "--verbose", "--debug", "--no-wait"};
const std::set<std::string> kOutputs{"json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"};

bool starts_with_path(const Command& command, const std::string& path) {
  return command.path.substr(0, path.size()) == path &&
         (command.path.size() == path.size() || command.path[path.size()] == ' ');
}

bool is_group(const std::string& path) {
  return std::ranges::any_of(commands(), [&](const Command& command) { return starts_with_path(command, path); });
}

/// The words before the first option, which name the command.
std::span<const std::string> before_options(std::span<const std::string> words) {
  const auto end = std::ranges::find_if(words, [](const std::string& word) { return word.starts_with("-"); });
  return {words.begin(), end};
}

/// A command that changes something has a verb of its own.
void demand_read_out(std::span<const std::string> words) {
  const auto path = fmt::format("{}", fmt::join(words, " "));
  if (const auto verb = verb_for(path))
    throw usage(fmt::format("'{}' changes the lab, and xconn az only reads it; write {}", path, *verb));
}

/// Of the command that the words name.
std::string path_of(std::span<const std::string> words) {
  std::string path;
  for (const auto& word : words) {
    const auto longer = path + (path.empty() ? "" : " ") + word;
    if (!is_group(longer)) {
      const auto found = std::ranges::find(commands(), path, &Command::path);
      if (found != commands().end()) break;  // a stray word after the command: the parser complains of it
      throw usage(fmt::format("'{}' is misspelled or not recognized by the system.", word));
    }
    path = longer;
  }
  return path;
}

std::string option_text(const Option& option) {
  return std::string(option.name) + (option.letter.empty() ? "" : "/" + std::string(option.letter));
}

std::string line_of(const Option& option) {
  return fmt::format("    {:<24}{}{}\n", option_text(option), option.required ? "[Required] " : "", option.help);
}

std::string help_of(const std::string& path) {
  const auto found = std::ranges::find(commands(), path, &Command::path);
  std::string text;
  if (found == commands().end()) {
    text = "\nGroup\n    az " + path + "\n\nCommands:\n";
    for (const auto& command : commands())
      if (path.empty() || starts_with_path(command, path))
        text += fmt::format("    {:<58}{}\n", command.path, command.help);
    return text;
  }
  text = fmt::format("\nCommand\n    az {} : {}\n\nArguments\n", path, found->help);
  for (const auto& option : found->options) text += line_of(option);
  text += "\nGlobal Arguments\n";
  for (const auto& option : kGlobals) text += line_of(option);
  return text;
}

/// Options by every spelling.
class Spellings {
 public:
  explicit Spellings(const Command& command) {
    for (const auto& option : command.options) add(option);
    for (const auto& option : kGlobals) add(option);
  }
  /// An exact spelling, or a long one shortened to what only one option begins with.
  const Option* find(const std::string& word) const {
    if (const auto exact = options_.find(word); exact != options_.end()) return exact->second;
    if (!word.starts_with("--")) return nullptr;
    std::set<const Option*> candidates;
    for (const auto& [spelling, option] : options_)
      if (spelling.starts_with(word)) candidates.insert(option);
    return candidates.size() == 1 ? *candidates.begin() : nullptr;
  }

 private:
  void add(const Option& option) {
    options_.emplace(option.name, &option);
    if (!option.letter.empty()) options_.emplace(option.letter, &option);
  }
  std::map<std::string, const Option*, std::less<>> options_;
};

struct Parsed {
  std::map<std::string, std::string> values;
  std::vector<std::string> stray;
};

/// "--name=er1" is "--name er1".
std::vector<std::string> split_equals(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (word.starts_with("--") && equals != std::string::npos) {
      out.push_back(word.substr(0, equals));
      out.push_back(word.substr(equals + 1));
    } else {
      out.push_back(word);
    }
  }
  return out;
}

Parsed parse_options(const Command& command, const std::vector<std::string>& words) {
  const Spellings spellings(command);
  Parsed parsed;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto* option = spellings.find(words[i]);
    if (std::ranges::count(kSwitches, words[i]) != 0) {
      parsed.values[words[i].substr(2)] = "true";
    } else if (option == nullptr) {
      parsed.stray.push_back(words[i]);
    } else if (i + 1 == words.size() || (words[i + 1].starts_with("-") && spellings.find(words[i + 1]) != nullptr)) {
      throw usage(fmt::format("argument {}: expected one argument", option_text(*option)));
    } else {
      parsed.values[std::string(option->name.substr(2))] = words[++i];
    }
  }
  return parsed;
}

/// `--ids .../expressRouteCircuits/er1/peerings/AzurePrivatePeering` is --circuit-name er1 --name AzurePrivatePeering.
void take_identity(const Command& command, std::map<std::string, std::string>& values) {
  const auto ids = values.find("ids");
  if (ids == values.end()) return;
  std::vector<std::string> names;
  const auto at = ids->second.find("/providers/Microsoft.Network/");
  if (at == std::string::npos) throw usage(fmt::format("invalid resource ID: {}", ids->second));
  const auto group = ids->second.find("/resourceGroups/");
  if (group != std::string::npos && group < at)
    values["resource-group"] = ids->second.substr(group + 16, at - group - 16);
  std::string rest = ids->second.substr(at + 29);
  for (bool is_type = true; !rest.empty(); is_type = !is_type) {
    const auto slash = std::min(rest.find('/'), rest.size());
    if (!is_type) names.push_back(rest.substr(0, slash));
    rest.erase(0, slash + 1);
  }
  const auto& options = command.options;
  const auto has_parent = std::ranges::find(options, "--circuit-name", &Option::name) != options.end();
  if (has_parent && names.size() > 1) values["circuit-name"] = names.front();
  if (!names.empty()) values["name"] = has_parent || names.size() == 1 ? names.back() : names.front();
}

void demand_required(const Command& command, const std::map<std::string, std::string>& values) {
  std::string missing;
  for (const auto& option : command.options)
    if (option.required && !values.contains(std::string(option.name.substr(2))))
      missing += (missing.empty() ? "" : ", ") + option_text(option);
  if (!missing.empty()) throw usage("the following arguments are required: " + missing);
}

void demand_no_stray(const std::vector<std::string>& stray) {
  if (!stray.empty()) throw usage(fmt::format("unrecognized arguments: {}", fmt::join(stray, " ")));
}

std::string take(std::map<std::string, std::string>& values, const std::string& name, const std::string& otherwise) {
  const auto node = values.extract(name);
  return node.empty() ? otherwise : node.mapped();
}

void demand_choice(const std::string& option, const std::string& value, const std::set<std::string>& choices) {
  if (!choices.contains(value))
    throw usage(
        fmt::format("argument {}: invalid choice: '{}' (choose from '{}')", option, value, fmt::join(choices, "', '")));
}

Arguments arranged(const Command& command, std::map<std::string, std::string> values) {
  Arguments arguments;
  arguments.command = &command;
  arguments.output = take(values, "output", "json");
  demand_choice("--output/-o", arguments.output, kOutputs);
  arguments.query = take(values, "query", "");
  const auto shape = take(values, "shape", "2026");
  demand_choice("--shape", shape, {"2021", "2026"});
  arguments.shape = shape == "2021" ? Shape::k2021 : Shape::k2026;
  arguments.lab = take(values, "lab", "");
  arguments.only_errors = values.contains("only-show-errors");
  arguments.options = std::move(values);
  return arguments;
}

}  // namespace

Arguments parse(const std::vector<std::string>& words) {
  const auto name = before_options(words);
  demand_read_out(name);
  const auto path = path_of(name);
  const auto found = std::ranges::find(commands(), path, &Command::path);
  const auto wants_help = std::ranges::any_of(words, [](const auto& word) { return word == "-h" || word == "--help"; });
  if (wants_help || found == commands().end()) {
    Arguments arguments;
    arguments.help = help_of(path);
    return arguments;
  }
  const auto count = static_cast<std::ptrdiff_t>(std::ranges::count(path, ' ') + 1);
  auto parsed = parse_options(*found, split_equals({words.begin() + count, words.end()}));
  take_identity(*found, parsed.values);
  demand_no_stray(parsed.stray);
  demand_required(*found, parsed.values);
  return arranged(*found, std::move(parsed.values));
}

}  // namespace xconn::az
