// SPDX-License-Identifier: Apache-2.0
#include "cli/topology.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>

#include "base/address.hh"
#include "base/errors.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "model/findings.hh"
#include "sys/installation.hh"

namespace xconn::cli {
namespace {

namespace fs = std::filesystem;

/// What cannot be looked at (a link to itself, a folder that is closed) is handed back too, for reading to report.
bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::status(path, failed).type() != fs::file_type::not_found;
}

/// Where reference topologies are: $XCONN_TOPOLOGIES, what is installed with this program.
std::array<fs::path, 2> libraries() {
  return {from_environment("XCONN_TOPOLOGIES", ""), sys::share_below(sys::own_folder()) / "topologies"};
}

/// A file below a library's folders, or nothing.
std::optional<fs::path> find_in_libraries(const fs::path& file) {
  for (const auto& library : libraries())
    if (std::error_code none; !library.empty() && fs::exists(library / file, none))
      return (library / file).lexically_normal();
  return std::nullopt;
}

/// "did you mean 'branch'", or "".
std::string nearest(const std::string& topology) {
  const auto names = reference_topologies();
  return model::did_you_mean(topology, {names.begin(), names.end()});
}

/// The names of a reference topology's drills, in order.
std::set<std::string> drills_of(const std::string& topology) {
  std::set<std::string> names;
  if (!is_object_name(topology)) return names;
  for (const auto& library : libraries())
    if (std::error_code none; !library.empty() && fs::is_directory(library / topology / "drills", none))
      for (const auto& file : fs::directory_iterator(library / topology / "drills")) names.insert(file.path().stem());
  return names;
}

}  // namespace

std::string find_topology(const std::string& word) {
  const auto wanted = word.empty() ? std::string("topology.yaml") : word;
  if (is_there(wanted)) return wanted;
  if (const auto found = is_object_name(wanted) ? find_in_libraries(fs::path(wanted) / "topology.yaml") : std::nullopt)
    return *found;
  if (word.empty() || !is_object_name(word)) return wanted;
  const auto guess = nearest(word);
  throw NotFoundError(fmt::format("there is no topology {}{}{}; give a file, or one of: {}", word,
                                  guess.empty() ? "" : ", ", guess.empty() ? "" : guess + "?",
                                  fmt::join(reference_topologies(), ", ")));
}

std::string topology_of_drill(const drill::Drill& drill) {
  const fs::path path = drill.topology;
  if (is_there(path) || path.parent_path() != fs::path(drill.file).parent_path()) return drill.topology;
  const auto name = path.filename().string();
  if (const auto found = find_in_libraries(path.filename() / "topology.yaml")) return *found;
  if (!is_object_name(name)) return drill.topology;
  const auto guess = nearest(name);
  throw TopologyError({{drill.topology_at,
                        {},
                        "topology",
                        name,
                        "there is no such file here, and no reference topology of this name",
                        guess.empty() ? fmt::format("use one of {}", fmt::join(reference_topologies(), ", ")) : guess,
                        {}}});
}

std::string find_drill(const std::string& word) {
  if (is_there(word)) return word;
  if (const auto drills = drills_of(word); !drills.empty())
    throw NotFoundError(
        fmt::format("{0} is a topology; its drills are {0}/{1}", word, fmt::join(drills, fmt::format(", {}/", word))));
  const auto slash = word.find('/');
  if (slash == std::string::npos) return word;
  const auto topology = word.substr(0, slash), name = word.substr(slash + 1);
  if (!is_object_name(topology) || !is_object_name(name)) return word;
  if (const auto found = find_in_libraries(fs::path(topology) / "drills" / (name + ".yaml"))) return *found;
  if (const auto others = drills_of(topology); !others.empty())
    throw NotFoundError(
        fmt::format("topology {} has no drill {}; it has: {}", topology, name, fmt::join(others, ", ")));
  return word;
}

std::vector<std::string> reference_drills() {
  std::vector<std::string> names;
  for (const auto& topology : reference_topologies())
    for (const auto& drill : drills_of(topology)) names.push_back(topology + "/" + drill);
  return names;
}

std::vector<std::string> reference_topologies() {
  std::set<std::string> names;
  for (const auto& library : libraries())
    if (std::error_code none; !library.empty() && fs::is_directory(library, none))
      for (const auto& folder : fs::directory_iterator(library))
        if (fs::exists(folder.path() / "topology.yaml")) names.insert(folder.path().filename());
  return {names.begin(), names.end()};
}

nodes::Planned choose_topology(const std::string& word, const std::string& name) {
  return nodes::plan_file(find_topology(word), name);
}

void tell_of_commands(const plan::Plan& plan) {
  std::ptrdiff_t count = 0;
  for (const auto& node : plan.nodes) count += std::ranges::count(node.services, "command", &plan::Service::kind);
  if (count > 0)
    tell("  this topology runs {} command{} of its own, as root in its nodes (docs/security.md)\n", count,
         count == 1 ? "" : "s");
}

void tell_of_breaches(const std::vector<Finding>& breaches) {
  for (const auto& breach : breaches) tell("  broken on purpose: {}\n", to_string(breach));
}

plan::Plan read_plan(const std::string& word, const std::string& name) { return choose_topology(word, name).plan; }

}  // namespace xconn::cli
