#include "cli/topology.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/address.hh"
#include "base/errors.hh"
#include "cli/output.hh"
#include "cli/session.hh"

namespace xconn::cli {
namespace {

namespace fs = std::filesystem;

/// Where reference topologies are: $XCONN_TOPOLOGIES, beside an installed binary, in the source tree it was built from.
std::array<fs::path, 3> libraries() {
  const auto* chosen = std::getenv("XCONN_TOPOLOGIES");
  return {chosen != nullptr ? chosen : "", fs::path(own_program()).parent_path() / "../share/crossconnect/topologies",
          fs::path(XCONN_SOURCE_DIR) / "topologies"};
}

}  // namespace

std::string find_topology(const std::string& word) {
  const auto wanted = word.empty() ? std::string("topology.yaml") : word;
  if (fs::exists(wanted)) return wanted;
  for (const auto& library : libraries())
    if (!library.empty() && is_object_name(wanted) && fs::exists(library / wanted / "topology.yaml"))
      return (library / wanted / "topology.yaml").lexically_normal();
  if (!word.empty() && is_object_name(word))
    throw NotFoundError(fmt::format("there is no topology {}; give a file, or one of: {}", word,
                                    fmt::join(reference_topologies(), ", ")));
  return wanted;
}

std::vector<std::string> reference_topologies() {
  std::set<std::string> names;
  for (const auto& library : libraries())
    if (std::error_code none; !library.empty() && fs::is_directory(library, none))
      for (const auto& folder : fs::directory_iterator(library))
        if (fs::exists(folder.path() / "topology.yaml")) names.insert(folder.path().filename());
  return {names.begin(), names.end()};
}

nodes::Composed choose_topology(const std::string& word, const std::string& name) {
  return nodes::compose_file(find_topology(word), name);
}

void tell_of_commands(const plan::Plan& plan) {
  std::ptrdiff_t count = 0;
  for (const auto& node : plan.nodes) count += std::ranges::count(node.services, "command", &plan::Service::kind);
  if (count > 0)
    tell("  this topology runs {} command{} of its own, as root in its nodes (docs/security.md)\n", count,
         count == 1 ? "" : "s");
}

plan::Plan read_plan(const std::string& word, const std::string& name) { return choose_topology(word, name).plan; }

}  // namespace xconn::cli
