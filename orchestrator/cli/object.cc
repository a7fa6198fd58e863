// The verbs that change a lab as Azure's own do: circuit, peering, connection ... create, update, delete, show, list.
// They edit the topology that the lab keeps, and know of no object but by its row here: what an object may have is
// model/'s business.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "azure/life.hh"
#include "base/errors.hh"
#include "cli/changing.hh"
#include "cli/session.hh"
#include "lab/remote.hh"
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
};

const std::array kKinds{
    Kind{"circuit", "ExpressRoute circuits", {"circuits", "*"}},
    Kind{"peering", "Peerings of a circuit: CIRCUIT private|microsoft", {"circuits", "*", "peerings", "*"}},
    Kind{"authorization", "Authorizations of a circuit: CIRCUIT NAME", {"circuits", "*", "authorizations", "*"}},
    Kind{"connection", "Connections of gateways", {"connections", "*"}},
    Kind{"gateway", "Virtual network gateways", {"gateways", "*"}},
    Kind{"global-reach", "Circuits joined by Global Reach", {"global-reach", "*"}},
    Kind{"vnet", "Virtual networks", {"vnets", "*"}},
    Kind{"subnet", "Subnets of a VNet: VNET NAME", {"vnets", "*", "subnets", "*"}},
    Kind{"vnet-peering", "Halves of VNet peerings: VNET NAME", {"vnets", "*", "peerings", "*"}},
    Kind{"route-table", "Route tables", {"route-tables", "*"}},
    Kind{"route-filter", "Route filters", {"route-filters", "*"}},
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

/// The first row that fits counts.
const std::array kVerbs{
    Verb{"circuit", "create", "Order a circuit: it has a service key, and is NotProvisioned", create_circuit},
    Verb{"peering", "enable", "Bring a peering up",
         [](Document& document, const KeyPath& path, const Arguments&) {
           set_state(document, path, "state", "Enabled");
         }},
    Verb{"peering", "disable", "Shut Microsoft's side of a peering",
         [](Document& document, const KeyPath& path, const Arguments&) {
           set_state(document, path, "state", "Disabled");
         }},
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

/// Reads the edited document by all the rules, asks Azure's guards, and applies it.
int carry_out(const Kept& running, const Document& edited, const ChangeOptions& options, const Session& session) {
  const auto after = model::read(edited);
  azure::demand_changeable(running.topology, after);
  return change_lab({edited, nodes::compose(after)}, options, session);
}

int act(const Kind& kind, const Verb& verb, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  auto edited = running.document;
  const auto path = path_to(kind, arguments.names);
  if (verb.edit == remove) {
    demand_there(edited, path);
    azure::demand_removable(running.topology, {kind.word, arguments.names});
  }
  verb.edit(edited, path, arguments);
  return carry_out(running, edited, arguments.options, session);
}

/// provider provision --service-key K: the provider's word, not the customer's.
int provide(const char* state, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  for (const auto& circuit : running.topology.circuits) {
    if (circuit.service_key != arguments.service_key) continue;
    auto edited = running.document;
    edited.put({"circuits", circuit.name, "provider-state"}, state);
    return carry_out(running, edited, arguments.options, session);
  }
  throw NotFoundError("no circuit of the lab has the service key " + arguments.service_key);
}

/// One object as it stands in the topology, with what the topology makes of it where the user wrote nothing.
int show(const Kind& kind, const Arguments& arguments, const Session& session) {
  const auto running = kept_by(session);
  const auto path = path_to(kind, arguments.names);
  demand_there(running.document, path);
  auto shown = Document::parse("{}\nx-of: lab", "lab");
  (void)shown;
  return kPass;
}

}  // namespace
}  // namespace xconn::cli
