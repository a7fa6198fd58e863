// SPDX-License-Identifier: Apache-2.0
#include "importing/arm/parameters.hh"

#include <algorithm>
#include <set>

#include "base/join.hh"
#include "importing/arm/template.hh"
#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;
using Indices = std::vector<std::size_t>;

constexpr std::string_view kSeparators = ".-_ ";

struct Path {
  std::string folder, stem;  ///< "exports/", "hub" of exports/hub.json, in lower case
};

Path path_of(const Raw& root) {
  auto file = lower_case(root.at.file == nullptr ? "" : *root.at.file);
  std::ranges::replace(file, '\\', '/');
  const auto slash = file.rfind('/');
  Path out{slash == std::string::npos ? "" : file.substr(0, slash + 1),
           slash == std::string::npos ? file : file.substr(slash + 1)};
  out.stem = out.stem.substr(0, out.stem.rfind(".json"));
  return out;
}

std::string without_separators(const std::string& text) {
  const auto from = text.find_first_not_of(kSeparators), to = text.find_last_not_of(kSeparators);
  return from == std::string::npos ? "" : text.substr(from, to - from + 1);
}

/// How a template may be called for which a file of that name is: "hub" for hub.parameters, hub.hub-parameters,
/// parameters-hub. The likeliest first.
std::vector<std::string> stems_for(const std::string& stem) {
  const auto word = stem.find("param");
  if (word == std::string::npos) return {stem};
  auto before = without_separators(stem.substr(0, word));
  const auto behind = std::min(stem.find_first_of(kSeparators, word), stem.size());
  std::vector<std::string> out;
  while (!before.empty()) {
    out.push_back(before);
    before = without_separators(before.substr(0, std::min(before.find_last_of(kSeparators), before.size())));
    if (before == out.back()) break;
  }
  if (const auto after = without_separators(stem.substr(behind)); !after.empty()) out.push_back(after);
  return out;
}

Indices called_alike(const Raw& file, const std::vector<RawPtr>& templates) {
  const auto own = path_of(file);
  for (const auto& stem : stems_for(own.stem)) {
    Indices near, far;
    for (std::size_t i = 0; i < templates.size(); ++i)
      if (const auto other = path_of(*templates[i]); other.stem == stem)
        (other.folder == own.folder ? near : far).push_back(i);
    if (!near.empty() || !far.empty()) return near.empty() ? far : near;
  }
  return {};
}

bool declares(const Raw& arm_template, const std::string& parameter) {
  const auto* declared = find_key(arm_template, "parameters");
  return declared != nullptr && find_key(*declared->value, parameter) != nullptr;
}

/// Those that declare all, else those that declare some of what the file gives.
Indices declaring(const ArmParameters& given, const std::vector<RawPtr>& templates) {
  Indices all, some;
  for (std::size_t i = 0; i < templates.size(); ++i) {
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(given, [&](const auto& each) { return declares(*templates[i], each.first); }));
    if (count > 0) (count == given.size() ? all : some).push_back(i);
  }
  return all.empty() ? some : all;
}

Indices in_folder_of(const Raw& file, const Indices& found, const std::vector<RawPtr>& templates) {
  Indices out;
  std::ranges::copy_if(found, std::back_inserter(out),
                       [&](auto i) { return path_of(*templates[i]).folder == path_of(file).folder; });
  return out.empty() ? found : out;
}

class Pairing {
 public:
  Pairing(const std::vector<RawPtr>& templates, Notes& notes)
      : templates_(templates), notes_(notes), paired_(templates.size()), is_named_(templates.size()) {}

  /// Those that are called as a template come first: the others are for the templates that are left.
  std::vector<ArmParameters> of(const std::vector<RawPtr>& files) {
    std::vector<RawPtr> others;
    for (const auto& file : files)
      if (const auto found = called_alike(*file, templates_); found.size() == 1) {
        is_named_[found.front()] = true;
        give(found.front(), *file);
      } else {
        others.push_back(file);
      }
    for (const auto& file : others) give_by_content(*file);
    for (const auto& file : files) tell_undeclared(*file);
    return std::move(paired_);
  }

 private:
  static ArmParameters values_in(const Raw& file) {
    const auto* parameters = property(file, "parameters");
    return parameters == nullptr ? ArmParameters{} : arm_values_of(*parameters);
  }

  void give_by_content(const Raw& file) {
    if (templates_.size() == 1) return give(0, file);
    auto found = in_folder_of(file, declaring(values_in(file), templates_), templates_);
    auto unnamed = found;
    std::erase_if(unnamed, [&](auto i) { return is_named_[i]; });
    if (!unnamed.empty()) found = unnamed;
    if (found.size() != 1) tell(file, found);
    for (const auto i : found) give(i, file);
  }

  void tell(const Raw& file, const Indices& found) {
    const auto names = join(found, ", ", [this](const auto i) { return file_of(*templates_[i]); });
    if (found.empty()) told_.insert(&file);
    if (found.empty())
      notes_.add(
          {file.at.where(), "parameters", "", "", "are declared by none of the templates", "they were left out"});
    else
      notes_.add({file.at.where(), "parameters", "", "", "may be for several templates: " + names,
                  "they were used for each; call the file as its template is called, with .parameters.json, to have "
                  "them for one"});
  }

  /// A name that no template has is mostly a slip of the pen, or of another template.
  void tell_undeclared(const Raw& file) {
    const auto* given = property(file, "parameters");
    const auto is_declared = [&](const std::string& name) {
      return std::ranges::any_of(templates_, [&](const auto& each) { return declares(*each, name); });
    };
    std::set<std::string> unknown;
    if (given == nullptr || told_.contains(&file)) return;
    for (const auto& entry : given->entries)
      if (!is_declared(entry.key)) unknown.insert(entry.key);
    if (unknown.empty()) return;
    notes_.add({file.at.where(), "parameters", "", "", "no template here declares " + joined(unknown),
                "they were left out; give the template that they are for too"});
  }

  void give(std::size_t i, const Raw& file) {
    for (auto& [name, value] : values_in(file))
      if (const auto [known, is_new] = paired_[i].emplace(name, value); !is_new && known->second->text != value->text)
        notes_.add({value->at.where(), "parameter " + name, "", is_secret(name) ? "" : value->text,
                    "is given differently in " + file_of(*known->second) + " for the same template",
                    "what " + file_of(*known->second) + " gives counts"});
  }

  static std::string file_of(const Raw& raw) { return raw.at.file == nullptr ? "" : *raw.at.file; }

  const std::vector<RawPtr>& templates_;
  Notes& notes_;
  std::vector<ArmParameters> paired_;
  std::vector<bool> is_named_;
  std::set<const Raw*> told_;  ///< files of which no parameter is declared
};

}  // namespace

std::vector<ArmParameters> paired_parameters(const std::vector<RawPtr>& templates, const std::vector<RawPtr>& files,
                                             Notes& notes) {
  return Pairing(templates, notes).of(files);
}

}  // namespace xconn::importing
