// SPDX-License-Identifier: Apache-2.0
// The verbs that change a lab as Azure's own do: circuit, peering, connection ... create, update, delete, show, list.
// They edit the topology that the lab keeps; what there is, and what each verb does, is said by model/commands.hh.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "base/text.hh"
#include "cli/changing.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "lab/remote.hh"
#include "model/commands.hh"
#include "model/read.hh"
#include "nodes/compose.hh"

namespace xconn::cli {
namespace {

using model::Command;
using model::Document;
using model::ObjectKind;
using model::Verb;

struct Arguments {
  std::vector<std::string> names;
  std::string service_key;
  ChangeOptions options;
};

struct Kept {
  Document document;
  model::Topology topology;
};

Kept kept_by(const Session& session) {
  const auto lab = lab::RemoteLab::attach(session.chosen_lab());
  auto document = Document::load(lab.topology_file());
  auto topology = model::read(document);
  return {std::move(document), std::move(topology)};
}

int carry_out(const Kept& running, const Document& edited, model::Actor by, const ChangeOptions& options,
              const Session& session) {
  return change_lab(nodes::compose_verb(running.topology, edited, by), options, session);
}

Command command_of(const ObjectKind& kind, const Verb& verb, const std::vector<std::string>& words) {
  std::vector<std::string> all{std::string(kind.word), std::string(verb.word)};
  all.insert(all.end(), words.begin(), words.end());
  auto parsed = model::parse_command(all);
  if (const auto* fault = std::get_if<model::Fault>(&parsed)) throw CLI::ValidationError(fault->value, fault->rule);
  return std::get<Command>(parsed);
}

int act(const ObjectKind& kind, const Verb& verb, const Arguments& arguments, const Session& session) {
  const auto command = command_of(kind, verb, arguments.names);
  const auto running = kept_by(session);
  auto edited = running.document;
  model::edit(edited, command);
  return carry_out(running, edited, verb.by, arguments.options, session);
}

/// provider provision --service-key K: the provider's word, not the customer's.
int provide(const char* state, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  for (const auto& circuit : running.topology.circuits) {
    if (circuit.service_key != arguments.service_key) continue;
    auto edited = running.document;
    edited.put({"circuits", circuit.name, "provider-state"}, state);
    return carry_out(running, edited, model::Actor::kProvider, arguments.options, session);
  }
  throw NotFoundError("no circuit of the lab has the service key " + arguments.service_key);
}

/// The circuit's own words, with those that Azure made where the topology has none.
void add_made(Document& document, const model::Topology& topology) {
  for (const auto& circuit : topology.circuits) {
    document.put({"circuits", circuit.name, "service-key"}, circuit.service_key);
    document.put({"circuits", circuit.name, "provider-state"}, circuit.provider_state);
  }
}

/// {NAME: the object}, with no more secrets than the YAML for people has. Values are the topology's words.
std::string json_of(const Document& shown, const std::string& name) {
  const auto all = nlohmann::ordered_json::parse(Document::parse(shown.yaml(), shown.file()).json());
  return nlohmann::ordered_json{{name, all[name]}}.dump(2) + "\n";
}

int show(const ObjectKind& kind, const Arguments& arguments, const Session& session) {
  auto running = kept_by(session);
  const auto path = kind.path(arguments.names);
  model::demand_there(running.document, path);
  add_made(running.document, running.topology);
  auto shown = Document::parse("shown: {}", running.document.file());
  shown.put({path.back()}, std::make_shared<model::Raw>(*running.document.find(path)));
  shown.remove({"shown"});
  print("{}", session.json() ? json_of(shown, path.back()) : shown.yaml());
  return kPass;
}

int list(const ObjectKind& kind, const Session& session) {
  const auto names = model::object_names(kind, kept_by(session).document);
  if (session.json()) print("{}\n", nlohmann::json(names).dump(2));
  if (!session.json() && !names.empty()) cli::print("{}\n", fmt::join(names, "\n"));
  return kPass;
}

void add_options(CLI::App& verb, Session& session, const std::shared_ptr<Arguments>& arguments) {
  add_lab_option(verb, session);
  verb.add_flag("--dry-run", arguments->options.dry_run, "Print what would change, and change nothing");
}

/// Names, and then, when `values`, KEY=VALUE words. CLI11 gives all to the first option that takes many.
void add_words(CLI::App& verb, const ObjectKind& kind, const std::shared_ptr<Arguments>& arguments, bool values) {
  const auto count = static_cast<int>(kind.names());
  auto* words = verb.add_option("words", arguments->names,
                                std::string(count == 1 ? "NAME" : "WHERE NAME") + (values ? " KEY=VALUE ..." : ""));
  words->required()->expected(count, values ? 1000 : count);
}

/// What the controller hands out for the edge on-prem, as it is in the plan of the lab.
int download_config(const std::string& name, const Session& session) {
  const auto plan = lab::RemoteLab::attach(session.chosen_lab()).plan();
  for (const auto& node : plan.nodes)
    for (const auto& file : node.files)
      if (node.name == name + "-controller" && file.name == "edge-configuration.txt") {
        print("{}", printable_lines(file.content));
        return kPass;
      }
  throw NotFoundError("the lab has no encryption-gateways." + name);
}

void add_download(CLI::App& group, Session& session) {
  auto& verb = *group.add_subcommand("download-config", "Print the configuration of the edge, with its key");
  auto name = std::make_shared<std::string>();
  verb.add_option("name", *name, "NAME")->required();
  add_lab_option(verb, session);
  on_chosen(verb, session, [name, &session] { return download_config(*name, session); });
}

void add_kind(CLI::App& app, Session& session, const ObjectKind& kind) {
  auto& group = *app.add_subcommand(std::string(kind.word), std::string(kind.help))->require_subcommand(1);
  for (const auto* verb : model::verbs_of(kind)) {
    auto& added = *group.add_subcommand(std::string(verb->word), std::string(verb->help));
    auto arguments = std::make_shared<Arguments>();
    add_words(added, kind, arguments, verb->takes_values);
    add_options(added, session, arguments);
    on_chosen(added, session, [&kind, verb, arguments, &session] { return act(kind, *verb, *arguments, session); });
  }
  auto arguments = std::make_shared<Arguments>();
  auto& shown = *group.add_subcommand("show", "One, as the topology has it");
  add_words(shown, kind, arguments, false);
  add_lab_option(shown, session);
  on_chosen(shown, session, [&kind, arguments, &session] { return show(kind, *arguments, session); });
  if (kind.word == "encryption-gateway") add_download(group, session);
  auto& listed = *group.add_subcommand("list", "The names of all");
  add_lab_option(listed, session);
  on_chosen(listed, session, [&kind, &session] { return list(kind, session); });
}

void add_provider(CLI::App& app, Session& session) {
  auto& group = *app.add_subcommand("provider", "What the connectivity provider does")->require_subcommand(1);
  static constexpr std::array<std::array<const char*, 3>, 2> kDoes{{
      {"provision", "Provisioned", "Connect the circuit of a service key"},
      {"deprovision", "NotProvisioned", "Disconnect the circuit of a service key"},
  }};
  for (const auto& [word, state, help] : kDoes) {
    auto& verb = *group.add_subcommand(word, help);
    auto arguments = std::make_shared<Arguments>();
    verb.add_option("--service-key", arguments->service_key, "Of the circuit: xconn circuit show NAME")->required();
    add_options(verb, session, arguments);
    on_chosen(verb, session,
              [to = std::string(state), arguments, &session] { return provide(to.c_str(), *arguments, session); });
  }
}

}  // namespace

void add_objects(CLI::App& app, Session& session) {
  for (const auto& kind : model::object_kinds()) add_kind(app, session, kind);
  add_provider(app, session);
}

}  // namespace xconn::cli
