// SPDX-License-Identifier: Apache-2.0
// The verbs that change a lab as Azure's own do: circuit, peering, connection ... create, update, delete, show, list.
// They edit the topology that the lab keeps, and know of no object but by its row here: what an object may have is
// model/'s business.
#include "cli/object.hh"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "azure/life.hh"
#include "base/errors.hh"
#include "base/text.hh"
#include "cli/changing.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "lab/remote.hh"
#include "model/names.hh"
#include "model/read.hh"
#include "nodes/compose.hh"

namespace xconn::cli {
namespace {

using model::Document;
using model::KeyPath;

/// Where objects of a kind stand in the document; "*" is a name that the user gives.
struct Kind {
  const char* word;
  const char* help;
  std::vector<const char*> way;
  void (*add_more)(CLI::App& group, Session& session) = nullptr;  ///< verbs that only read
};

void add_download(CLI::App& group, Session& session);

const std::array kKinds{
    Kind{"circuit", "ExpressRoute circuits", {"circuits", "*"}},
    Kind{"peering", "Peerings of a circuit: CIRCUIT private|microsoft", {"circuits", "*", "peerings", "*"}},
    Kind{"authorization", "Authorizations of a circuit: CIRCUIT NAME", {"circuits", "*", "authorizations", "*"}},
    Kind{"connection", "Connections of gateways", {"connections", "*"}},
    Kind{"gateway", "Virtual network gateways", {"gateways", "*"}},
    Kind{"local-gateway", "VPN devices on-prem, as Azure knows them", {"local-gateways", "*"}},
    Kind{"encryption-gateway", "Encryption gateways of a third party", {"encryption-gateways", "*"}, add_download},
    Kind{"port", "Port pairs of ExpressRoute Direct", {"ports", "*"}},
    Kind{"global-reach", "Circuits joined by Global Reach", {"global-reach", "*"}},
    Kind{"vnet", "Virtual networks", {"vnets", "*"}},
    Kind{"subnet", "Subnets of a VNet: VNET NAME", {"vnets", "*", "subnets", "*"}},
    Kind{"vnet-peering", "Halves of VNet peerings: VNET NAME", {"vnets", "*", "peerings", "*"}},
    Kind{"route-table", "Route tables", {"route-tables", "*"}},
    Kind{"route-filter", "Route filters", {"route-filters", "*"}},
    Kind{"public-service", "Prefixes that Microsoft peering announces", {"public-services", "*"}},
    Kind{"load-balancer", "Load balancers", {"load-balancers", "*"}},
    Kind{"nsg", "Network security groups", {"nsgs", "*"}},
    Kind{"nsg-rule", "Rules of a security group: NSG NAME", {"nsgs", "*", "rules", "*"}},
    Kind{"node", "Nodes", {"nodes", "*"}},
};

struct Arguments {
  std::vector<std::string> names, values;
  std::string service_key;
  ChangeOptions options;
};

using Edit = void (*)(Document&, const KeyPath&, const Arguments&);

/// What a verb does to the object at `path`.
struct Verb {
  const char* kind;  ///< nullptr: every kind
  const char* word;
  const char* help;
  Edit edit;
  azure::Actor by = azure::Actor::kCustomer;
};

std::string text_of(const KeyPath& path) { return fmt::format("{}", fmt::join(path, ".")); }

void demand_there(const Document& document, const KeyPath& path) {
  if (document.find(path) == nullptr) throw NotFoundError("the lab has no " + text_of(path));
}

/// "peerings.private.md5=abc" below the object; nothing after "=" removes the key.
void set_values(Document& document, const KeyPath& path, const Arguments& arguments) {
  for (const auto& word : arguments.values) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) throw CLI::ValidationError(word, "this is not KEY=VALUE");
    auto key = path;
    for (const auto& part : CLI::detail::split(word.substr(0, equals), '.')) key.push_back(part);
    if (equals + 1 == word.size())
      document.remove(key);
    else
      document.put(key, model::parse_value(word.substr(equals + 1)));
  }
}

void create(Document& document, const KeyPath& path, const Arguments& arguments) {
  if (document.find(path) != nullptr) throw Error(text_of(path) + " is there already; update it, or delete it first");
  document.put(path, model::parse_value("{}"));
  set_values(document, path, arguments);
}

/// What Azure creates is an order: nothing is on the wire until the provider has done its part.
void create_circuit(Document& document, const KeyPath& path, const Arguments& arguments) {
  create(document, path, arguments);
  auto state = path;
  state.emplace_back("provider-state");
  if (document.find(state) == nullptr && document.find({path[0], path[1], "port"}) == nullptr)
    document.put(state, "NotProvisioned");
}

void update(Document& document, const KeyPath& path, const Arguments& arguments) {
  demand_there(document, path);
  set_values(document, path, arguments);
}

void set_state(Document& document, KeyPath path, const char* key, const char* state) {
  demand_there(document, path);
  path.emplace_back(key);
  document.put(path, state);
}

void remove(Document& document, const KeyPath& path, const Arguments&) {
  demand_there(document, path);
  document.remove(path);
}

/// Names of what the document has in `collection`, in either of its forms, with what `has` says yes to.
template <class Has>
std::vector<std::string> names_with(const Document& document, const char* collection, Has has) {
  std::vector<std::string> names;
  const auto* all = document.find({collection});
  if (all == nullptr) return names;
  for (const auto& entry : all->entries)
    if (has(*entry.value)) names.push_back(entry.key);
  for (const auto& item : all->items)
    if (const auto* name = item->find("name"); name != nullptr && has(*item)) names.push_back(name->value->text);
  return names;
}

/// "Revoking an authorization results in all link connections being deleted from the subscription whose access was
/// revoked" (Microsoft Learn, "Link a virtual network to an ExpressRoute circuit").
void revoke(Document& document, const KeyPath& path, const Arguments& arguments) {
  remove(document, path, arguments);
  const auto is = [](const model::Raw& connection, const char* key, const std::string& name) {
    const auto* entry = connection.find(key);
    return entry != nullptr && entry->value->text == name;
  };
  for (const auto& name : names_with(document, "connections", [&](const model::Raw& connection) {
         return is(connection, "circuit", arguments.names.at(0)) &&
                is(connection, "authorization", arguments.names.at(1));
       }))
    document.remove({"connections", name});
}

void sync_peering(Document& document, const KeyPath& path, const Arguments& arguments) {
  demand_there(document, path);
  azure::sync_peering(document, arguments.names.at(0), arguments.names.at(1));
}

/// Writes one word of the object.
template <const char* Key, const char* Value>
void set_word(Document& document, const KeyPath& path, const Arguments&) {
  set_state(document, path, Key, Value);
}

constexpr char kState[] = "state", kEnabled[] = "Enabled", kDisabled[] = "Disabled";
constexpr char kProviderState[] = "provider-state", kProvisioned[] = "Provisioned",
               kNotProvisioned[] = "NotProvisioned";

/// The first row that fits counts.
const std::array kVerbs{
    Verb{"circuit", "create", "Order a circuit: it has a service key, and is NotProvisioned", create_circuit},
    Verb{"circuit", "provision", "Connect the circuit: the provider's part, not the customer's",
         set_word<kProviderState, kProvisioned>, azure::Actor::kProvider},
    Verb{"circuit", "deprovision", "Disconnect the circuit: the provider's part",
         set_word<kProviderState, kNotProvisioned>, azure::Actor::kProvider},
    Verb{"peering", "enable", "Bring a peering up", set_word<kState, kEnabled>},
    Verb{"peering", "disable", "Shut Microsoft's side of a peering", set_word<kState, kDisabled>},
    Verb{"vnet-peering", "sync", "Take over the address space that the other VNet has now", sync_peering},
    Verb{"authorization", "delete", "Revoke one; the connection that uses it goes with it", revoke},
    Verb{nullptr, "create", "Add one, with KEY=VALUE as in the topology", create},
    Verb{nullptr, "update", "Set KEY=VALUE of one; KEY= removes the key", update},
    Verb{nullptr, "delete", "Remove one", remove},
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

KeyPath path_to(const Kind& kind, const std::vector<std::string>& names) {
  KeyPath path;
  std::size_t next = 0;
  for (const std::string word : kind.way) path.push_back(word == "*" ? names.at(next++) : word);
  return path;
}

/// Asks Azure's guards and then all the rules about the edited document, and applies it. The guards come first: where
/// both say no, the step is what was wrong.
int carry_out(const Kept& running, const Document& edited, azure::Actor by, const ChangeOptions& options,
              const Session& session) {
  const auto kept = azure::carried_over(running.topology, edited);
  const auto wanted = model::read_words(kept);
  azure::demand_possible({running.topology, wanted, by});
  return change_lab({kept, nodes::compose(model::read(kept))}, options, session);
}

int act(const Kind& kind, const Verb& verb, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  auto edited = running.document;
  verb.edit(edited, path_to(kind, arguments.names), arguments);
  return carry_out(running, edited, verb.by, arguments.options, session);
}

/// provider provision --service-key K: the provider's word, not the customer's.
int provide(const char* state, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  for (const auto& circuit : running.topology.circuits) {
    if (circuit.service_key != arguments.service_key) continue;
    auto edited = running.document;
    edited.put({"circuits", circuit.name, kProviderState}, state);
    return carry_out(running, edited, azure::Actor::kProvider, arguments.options, session);
  }
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

int show(const Kind& kind, const Arguments& arguments, const Session& session) {
  auto running = kept_by(session);
  const auto path = path_to(kind, arguments.names);
  demand_there(running.document, path);
  add_made(running.document, running.topology);
  auto shown = Document::parse("shown: {}", running.document.file());
  shown.put({path.back()}, std::make_shared<model::Raw>(*running.document.find(path)));
  shown.remove({"shown"});
  print("{}", session.json() ? json_of(shown, path.back()) : shown.yaml());
  return kPass;
}

/// All of a kind: "er1", "er1 private".
void list_below(const model::Raw& at, const Kind& kind, std::size_t step, const std::string& before,
                std::vector<std::string>& out) {
  if (step == kind.way.size()) return out.push_back(before);
  const std::string word = kind.way[step];
  for (const auto& entry : at.entries)
    if (word == "*" || word == entry.key)
      list_below(*entry.value, kind, step + 1, word == "*" ? before + (before.empty() ? "" : " ") + entry.key : before,
                 out);
  for (const auto& item : at.items)
    if (const auto* name = item->find("name"); word == "*" && name != nullptr)
      list_below(*item, kind, step + 1, before + (before.empty() ? "" : " ") + name->value->text, out);
}

int list(const Kind& kind, const Session& session) {
  const auto names = object_names(kind.word, kept_by(session).document);
  if (session.json()) print("{}\n", nlohmann::json(names).dump(2));
  if (!session.json() && !names.empty()) cli::print("{}\n", fmt::join(names, "\n"));
  return kPass;
}

std::size_t names_of(const Kind& kind) {
  return static_cast<std::size_t>(
      std::ranges::count_if(kind.way, [](const std::string_view way) { return way == "*"; }));
}

void add_options(CLI::App& verb, Session& session, const std::shared_ptr<Arguments>& arguments) {
  add_lab_option(verb, session);
  verb.add_flag("--dry-run", arguments->options.dry_run, "Print what would change, and change nothing");
}

/// Names, and then, when `values`, KEY=VALUE words. CLI11 gives all to the first option that takes many.
void add_words(CLI::App& verb, const Kind& kind, const std::shared_ptr<Arguments>& arguments, bool values) {
  const auto count = static_cast<int>(names_of(kind));
  auto* words = verb.add_option("words", arguments->names,
                                std::string(count == 1 ? "NAME" : "WHERE NAME") + (values ? " KEY=VALUE ..." : ""));
  words->required()->expected(count, values ? 1000 : count);
}

void part_words(const Kind& kind, Arguments& arguments) {
  const auto end = arguments.names.begin() + static_cast<std::ptrdiff_t>(names_of(kind));
  arguments.values.assign(end, arguments.names.end());
  arguments.names.erase(end, arguments.names.end());
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

void add_kind(CLI::App& app, Session& session, const Kind& kind) {
  auto& group = *app.add_subcommand(kind.word, kind.help)->require_subcommand(1);
  std::vector<std::string> known;
  for (const auto& verb : kVerbs) {
    const bool is_its = verb.kind == nullptr || verb.kind == std::string_view(kind.word);
    if (!is_its || std::ranges::find(known, verb.word) != known.end()) continue;
    known.emplace_back(verb.word);
    auto& added = *group.add_subcommand(verb.word, verb.help);
    auto arguments = std::make_shared<Arguments>();
    add_words(added, kind, arguments, verb.edit == create || verb.edit == create_circuit || verb.edit == update);
    add_options(added, session, arguments);
    on_chosen(added, session, [&kind, &verb, arguments, &session] {
      part_words(kind, *arguments);
      return act(kind, verb, *arguments, session);
    });
  }
  auto arguments = std::make_shared<Arguments>();
  auto& shown = *group.add_subcommand("show", "One, as the topology has it");
  add_words(shown, kind, arguments, false);
  add_lab_option(shown, session);
  on_chosen(shown, session, [&kind, arguments, &session] { return show(kind, *arguments, session); });
  if (kind.add_more != nullptr) kind.add_more(group, session);
  auto& listed = *group.add_subcommand("list", "The names of all");
  add_lab_option(listed, session);
  on_chosen(listed, session, [&kind, &session] { return list(kind, session); });
}

void add_provider(CLI::App& app, Session& session) {
  auto& group = *app.add_subcommand("provider", "What the connectivity provider does")->require_subcommand(1);
  static constexpr std::array<std::array<const char*, 3>, 2> kDoes{{
      {"provision", kProvisioned, "Connect the circuit of a service key"},
      {"deprovision", kNotProvisioned, "Disconnect the circuit of a service key"},
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

std::vector<std::string> object_names(const std::string& word, const Document& document) {
  std::vector<std::string> names;
  for (const auto& kind : kKinds)
    if (kind.word == word) list_below(document.root(), kind, 0, "", names);
  return names;
}

void add_objects(CLI::App& app, Session& session) {
  for (const auto& kind : kKinds) add_kind(app, session, kind);
  add_provider(app, session);
}

}  // namespace xconn::cli
