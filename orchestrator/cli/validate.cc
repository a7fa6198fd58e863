#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/session.hh"
#include "cli/topology.hh"
#include "drill/drill.hh"
#include "model/read.hh"
#include "model/schema.hh"
#include "nodes/compose.hh"
#include "world/error_wire.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

int validate(const std::vector<std::string>& words, const Session& session) {
  std::vector<Finding> findings;
  for (const auto& word : words) try {
      read_plan(word);
      if (!session.json()) fmt::print("  {}: right\n", word);
    } catch (const TopologyError& error) {
      findings.insert(findings.end(), error.findings().begin(), error.findings().end());
    }
  if (session.json()) {
    auto all = json::array();
    for (const auto& finding : findings) all.push_back(world::to_json(finding));
    fmt::print("{}\n", json{{"valid", findings.empty()}, {"findings", all}}.dump(2));
    return findings.empty() ? kPass : kUsage;
  }
  if (!findings.empty()) throw TopologyError(std::move(findings));
  return kPass;
}

}  // namespace

void add_validate(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand(
      "validate", "Check topologies and print everything that is wrong; builds nothing, needs no root");
  auto words = std::make_shared<std::vector<std::string>>();
  verb.add_option("topology", *words, "Topology files, folders or names [topology.yaml]");
  on_chosen(verb, session,
            [words, &session] { return validate(words->empty() ? std::vector<std::string>{""} : *words, session); });
}

void add_schema(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand("schema", "The JSON schema of topology files, for editors");
  on_chosen(verb, session, [] {
    fmt::print("{}", model::json_schema());
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
