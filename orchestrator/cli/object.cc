// SPDX-License-Identifier: Apache-2.0
// The verbs that change a lab as Azure's own do: circuit, peering, connection ... create, update, delete, show, list.
// They edit the topology that the lab keeps; what there is, and what each verb does, is said by model/commands.hh.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "base/text.hh"
#include "cli/changing.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "model/commands.hh"
#include "model/names.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"

namespace xconn::cli {
namespace {

using model::Command;
using model::Document;
using model::ObjectKind;

struct Arguments {
  std::vector<std::string> names;
  std::string service_key;
  ChangeOptions options;
};

struct Kept {
  Document document;
  model::Topology topology;
};

Document document_of(const Session& session) {
  return Document::load(lab::RemoteLab::attach(session.chosen_lab()).topology_file());
}

Kept kept_by(const Session& session) {
  auto document = document_of(session);
  auto topology = model::read(document);
  return {std::move(document), std::move(topology)};
}

Command command_of(const std::vector<std::string>& words) {
  auto parsed = model::parse_command(words);
  if (const auto* fault = std::get_if<model::Fault>(&parsed)) refuse(fault->value, fault->rule);
  return std::get<Command>(parsed);
}

int act(const ObjectKind& kind, const model::Verb& verb, const Arguments& arguments, const Session& session) {
  std::vector<std::string> words{std::string(kind.word), std::string(verb.word)};
  words.insert(words.end(), arguments.names.begin(), arguments.names.end());
  const auto command = command_of(words);
  return change_lab(nodes::plan_command(document_of(session), command), arguments.options, session);
}

/// provider provision --service-key K: the verb of the circuit that has this key.
int provide(const char* verb, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  for (const auto& circuit : running.topology.circuits)
    if (circuit.service_key == arguments.service_key)
      return change_lab(nodes::plan_command(running.document, command_of({"circuit", verb, circuit.name})),
                        arguments.options, session);
  throw NotFoundError("no circuit of the lab has the service key " + arguments.service_key);
}

/// The circuit's own words, with those that Azure made where the topology has none.
void add_made(Document& document, const model::Topology& topology) {
  for (const auto& circuit : topology.circuits) {
    document.put({"circuits", circuit.name, "service-key"}, circuit.service_key);
    document.put({"circuits", circuit.name, "provider-state"}, std::string(xconn::name_of(circuit.provider_state)));
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
  const auto names = model::object_names(kind, document_of(session));
  if (session.json()) print("{}\n", nlohmann::json(names).dump(2));
  if (!session.json() && !names.empty()) cli::print("{}\n", fmt::join(names, "\n"));
  return kPass;
}

void add_options(Verb verb, Session& session, const std::shared_ptr<Arguments>& arguments) {
  add_lab_option(verb, session);
  verb.flag("--dry-run", arguments->options.dry_run, "Print what would change, and change nothing");
}

/// Names, and then, when `values`, KEY=VALUE words. CLI11 gives all to the first option that takes many.
void add_words(Verb verb, const ObjectKind& kind, const std::shared_ptr<Arguments>& arguments, bool values) {
  const auto count = static_cast<int>(kind.names());
  const auto words = verb.option("words", arguments->names,
                                 std::string(count == 1 ? "NAME" : "WHERE NAME") + (values ? " KEY=VALUE ..." : ""));
  words.required().between(count, values ? 1000 : count);
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

void add_download(Verb group, Session& session) {
  const auto verb = group.add("download-config", "Print the configuration of the edge, with its key");
  auto name = std::make_shared<std::string>();
  verb.option("name", *name, "NAME").required();
  add_lab_option(verb, session);
  on_chosen(verb, session, [name, &session] { return download_config(*name, session); });
}

void add_kind(Verb app, Session& session, const ObjectKind& kind) {
  const auto group = app.add(std::string(kind.word), std::string(kind.help)).needs_subverb();
  for (const auto* verb : model::verbs_of(kind)) {
    const auto added = group.add(std::string(verb->word), std::string(verb->help));
    auto arguments = std::make_shared<Arguments>();
    add_words(added, kind, arguments, verb->takes_values);
    add_options(added, session, arguments);
    on_chosen(added, session, [&kind, verb, arguments, &session] { return act(kind, *verb, *arguments, session); });
  }
  auto arguments = std::make_shared<Arguments>();
  const auto shown = group.add("show", "One, as the topology has it");
  add_words(shown, kind, arguments, false);
  add_lab_option(shown, session);
  on_chosen(shown, session, [&kind, arguments, &session] { return show(kind, *arguments, session); });
  if (kind.word == "encryption-gateway") add_download(group, session);
  const auto listed = group.add("list", "The names of all");
  add_lab_option(listed, session);
  on_chosen(listed, session, [&kind, &session] { return list(kind, session); });
}

void add_provider(Verb app, Session& session) {
  const auto group = app.add("provider", "What the connectivity provider does").needs_subverb();
  static constexpr std::array<std::array<const char*, 2>, 2> kDoes{{
      {"provision", "Connect the circuit of a service key"},
      {"deprovision", "Disconnect the circuit of a service key"},
  }};
  for (const auto& [word, help] : kDoes) {
    const auto verb = group.add(word, help);
    auto arguments = std::make_shared<Arguments>();
    verb.option("--service-key", arguments->service_key, "Of the circuit: xconn circuit show NAME").required();
    add_options(verb, session, arguments);
    on_chosen(verb, session, [does = word, arguments, &session] { return provide(does, *arguments, session); });
  }
}

}  // namespace

void add_objects(Verb app, Session& session) {
  for (const auto& kind : model::object_kinds()) add_kind(app, session, kind);
  add_provider(app, session);
}

}  // namespace xconn::cli
