// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/input.hh"
#include "base/text.hh"
#include "cli/drill_lab.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "cli/verb.hh"
#include "drill/schema.hh"
#include "model/read.hh"
#include "model/schema.hh"
#include "nodes/make_plan.hh"
#include "world/error_wire.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

/// By its name, or for what a topology never has.
bool is_drill(const std::string& path) {
  if (path.ends_with(".drill.yaml")) return true;
  constexpr std::size_t kLargestDrill = 1UL << 20;
  const auto read = read_input(path, kLargestDrill);
  const auto* text = std::get_if<std::string>(&read);
  return text != nullptr && (text->starts_with("flows:") || text->find("\nflows:") != std::string::npos);
}

nodes::Planned read_either(const std::string& word) {
  const auto path = find_drill(find_topology(word));
  return is_drill(path) ? DrillFile(path).topology() : choose_topology(word, {});
}

json to_json(const std::vector<Finding>& findings) {
  auto all = json::array();
  for (const auto& finding : findings) all.push_back(world::to_json(finding));
  return all;
}

int validate(const std::vector<std::string>& words, const Session& session) {
  std::vector<Finding> findings, breaches;
  for (const auto& word : words) try {
      auto expected = read_either(word).topology.breaches;
      if (!session.json()) tell_of_breaches(expected);
      breaches.insert(breaches.end(), expected.begin(), expected.end());
      if (!session.json()) print("  {}: valid\n", printable(find_drill(find_topology(word))));
    } catch (const TopologyError& error) {
      findings.insert(findings.end(), error.findings().begin(), error.findings().end());
    }
  if (session.json()) {
    const json all{
        {"valid", findings.empty()}, {"findings", to_json(findings)}, {"broken_on_purpose", to_json(breaches)}};
    print("{}\n", all.dump(2, ' ', false, json::error_handler_t::replace));
    return findings.empty() ? kPass : kUsage;
  }
  if (!findings.empty()) throw TopologyError(std::move(findings));
  return kPass;
}

}  // namespace

void add_validate(Verb app, Session& session) {
  const auto verb = app.add(
      "validate", "Check topologies or drills and print everything that is wrong; builds nothing, needs no root");
  auto words = std::make_shared<std::vector<std::string>>();
  verb.option("topology", *words, "Topology or drill files, folders or names [topology.yaml]");
  on_chosen(verb, session,
            [words, &session] { return validate(words->empty() ? std::vector<std::string>{""} : *words, session); });
}

void add_schema(Verb app, Session& session) {
  const auto verb = app.add("schema", "The JSON schema of topology or drill files, for editors");
  auto file = std::make_shared<std::string>("topology");
  verb.option("file", *file, "topology or drill [topology]").one_of({"topology", "drill"});
  on_chosen(verb, session, [file] {
    print("{}", *file == "drill" ? drill::json_schema() : model::json_schema());
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
