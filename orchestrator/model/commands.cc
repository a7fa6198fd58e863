// SPDX-License-Identifier: Apache-2.0
#include "model/commands.hh"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "base/join.hh"
#include "model/halves.hh"

namespace xconn::model {
namespace {

// --- what verbs do -----------------------------------------------------------------------------------------------

/// "peerings.private.md5" and "abc" of "peerings.private.md5=abc".
struct KeyValue {
  KeyPath key;
  std::string value;
};

KeyValue parted(const std::string& word) {
  const auto equals = word.find('=');
  KeyValue result{{}, word.substr(equals + 1)};
  std::istringstream parts(word.substr(0, equals));
  for (std::string part; std::getline(parts, part, '.');) result.key.push_back(part);
  return result;
}

/// Below the object; nothing after "=" removes the key.
void set_values(Document& document, const KeyPath& path, const Command& command) {
  for (const auto& word : command.values) {
    auto [below, value] = parted(word);
    auto key = path;
    key.insert(key.end(), below.begin(), below.end());
    if (value.empty())
      document.remove(key);
    else
      document.put(key, parse_value(value));
  }
}

void create(Document& document, const KeyPath& path, const Command& command) {
  if (document.find(path) != nullptr) throw Error(join(path, ".") + " is there already; update it, or delete it first");
  document.put(path, parse_value("{}"));
  set_values(document, path, command);
}

/// What Azure creates is an order: nothing is on the wire until the provider has done its part.
void create_circuit(Document& document, const KeyPath& path, const Command& command) {
  create(document, path, command);
  auto state = path;
  state.emplace_back("provider-state");
  if (document.find(state) == nullptr && document.find({path[0], path[1], "port"}) == nullptr)
    document.put(state, "NotProvisioned");
}

void update(Document& document, const KeyPath& path, const Command& command) {
  demand_there(document, path);
  set_values(document, path, command);
}

void remove(Document& document, const KeyPath& path, const Command&) {
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
void revoke(Document& document, const KeyPath& path, const Command& command) {
  remove(document, path, command);
  const auto is = [](const Raw& connection, const char* key, const std::string& name) {
    const auto* entry = connection.find(key);
    return entry != nullptr && entry->value->text == name;
  };
  for (const auto& name : names_with(document, "connections", [&](const Raw& connection) {
         return is(connection, "circuit", command.names.at(0)) && is(connection, "authorization", command.names.at(1));
       }))
    document.remove({"connections", name});
}

void sync(Document& document, const KeyPath& path, const Command& command) {
  demand_there(document, path);
  sync_half(document, command.names.at(0), command.names.at(1));
}

/// Writes one word of the object.
template <const char* Key, const char* Value>
void set_word(Document& document, const KeyPath& path, const Command&) {
  demand_there(document, path);
  auto key = path;
  key.emplace_back(Key);
  document.put(key, Value);
}

constexpr char kState[] = "state", kEnabled[] = "Enabled", kDisabled[] = "Disabled";
constexpr char kProviderState[] = "provider-state", kProvisioned[] = "Provisioned",
               kNotProvisioned[] = "NotProvisioned";

/// The first row that fits counts.
constexpr std::array kVerbs{
    Verb{"circuit", "create", "Order a circuit: it has a service key, and is NotProvisioned", create_circuit, true},
    Verb{"circuit", "provision", "Connect the circuit: the provider's part, not the customer's",
         set_word<kProviderState, kProvisioned>, false, Actor::kProvider},
    Verb{"circuit", "deprovision", "Disconnect the circuit: the provider's part",
         set_word<kProviderState, kNotProvisioned>, false, Actor::kProvider},
    Verb{"peering", "enable", "Bring a peering up", set_word<kState, kEnabled>},
    Verb{"peering", "disable", "Shut Microsoft's side of a peering", set_word<kState, kDisabled>},
    Verb{"vnet-peering", "sync", "Take over the address space that the other VNet has now", sync},
    Verb{"authorization", "delete", "Revoke one; the connection that uses it goes with it", revoke},
    Verb{"", "create", "Add one, with KEY=VALUE as in the topology", create, true},
    Verb{"", "update", "Set KEY=VALUE of one; KEY= removes the key", update, true},
    Verb{"", "delete", "Remove one", remove},
};

// --- words -------------------------------------------------------------------------------------------------------

Fault unknown(const std::string& word, std::string rule, const std::vector<std::string_view>& known) {
  const auto near = did_you_mean(word, known);
  return {word, std::move(rule), near.empty() ? "use " + one_of(known) : near, {}};
}

Fault no_kind(const std::string& word) {
  std::vector<std::string_view> known;
  for (const auto& kind : object_kinds()) known.push_back(kind.word);
  return unknown(word, "there is no such kind of object", known);
}

Fault no_verb(const ObjectKind& kind, const std::string& word) {
  std::vector<std::string_view> known;
  for (const auto* verb : verbs_of(kind)) known.push_back(verb->word);
  return unknown(word, "a " + std::string(kind.word) + " has no such verb", known);
}

/// "vnet-peering delete VNET NAME", "circuit update NAME KEY=VALUE ..."
Fault wrong_number(const ObjectKind& kind, const Verb& verb, const std::vector<std::string>& words) {
  return {join(words, " "),
          "the verb takes " + std::string(kind.names() == 1 ? "one name" : "two names") +
              (verb.takes_values ? ", and KEY=VALUE words after it" : ", and nothing more"),
          "write " + std::string(kind.word) + " " + std::string(verb.word) +
              (kind.names() == 1 ? " NAME" : " WHERE NAME") + (verb.takes_values ? " KEY=VALUE ..." : ""),
          {}};
}

/// Why a word is no KEY=VALUE.
std::optional<Fault> value_fault(const std::string& word) try {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return Fault{word, "this is not KEY=VALUE", "", {}};
  (void)parse_value(word.substr(equals + 1));
  return std::nullopt;
} catch (const TopologyError& error) {
  return Fault{word, error.findings().front().rule, error.findings().front().remedy, {}};
}

bool holds_secret(const Raw& raw) {
  return std::ranges::any_of(
             raw.entries, [](const auto& entry) { return is_secret_key(entry.key) || holds_secret(*entry.value); }) ||
         std::ranges::any_of(raw.items, [](const auto& item) { return holds_secret(*item); });
}

/// As KEY=VALUE may be shown.
std::string masked(const std::string& word) {
  const auto [key, value] = parted(word);
  const bool hidden = !value.empty() && (is_secret_key(key.back()) || holds_secret(*parse_value(value)));
  return hidden ? join(key, ".") + "=(secret)" : word;
}

const Verb* find_verb(const ObjectKind& kind, const std::string& word) {
  const auto verbs = verbs_of(kind);
  const auto found = std::ranges::find(verbs, word, &Verb::word);
  return found == verbs.end() ? nullptr : *found;
}

}  // namespace

std::string to_string(const Command& command) {
  auto text = std::string(command.kind->word) + " " + std::string(command.verb->word);
  for (const auto& name : command.names) text += " " + name;
  for (const auto& word : command.values) text += " " + masked(word);
  return text;
}

std::vector<const Verb*> verbs_of(const ObjectKind& kind) {
  std::vector<const Verb*> found;
  for (const auto& verb : kVerbs)
    if ((verb.kind.empty() || verb.kind == kind.word) &&
        std::ranges::find(found, verb.word, &Verb::word) == found.end())
      found.push_back(&verb);
  return found;
}

std::variant<Command, Fault> parse_command(const std::vector<std::string>& words) {
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
  const auto* kind = find_object_kind(word(0));
  if (kind == nullptr) return no_kind(word(0));
  const auto* verb = find_verb(*kind, word(1));
  if (verb == nullptr) return no_verb(*kind, word(1));
  const auto first_value = 2 + kind->names();
  if (words.size() < first_value || (words.size() > first_value && !verb->takes_values))
    return wrong_number(*kind, *verb, words);
  const auto names = words.begin() + 2, values = names + static_cast<std::ptrdiff_t>(kind->names());
  Command command{kind, verb, {names, values}, {values, words.end()}};
  for (const auto& value : command.values)
    if (auto fault = value_fault(value)) return *fault;
  return command;
}

void edit(Document& document, const Command& command) { command.verb->edit(document, command.path(), command); }

void demand_there(const Document& document, const KeyPath& path) {
  if (document.find(path) == nullptr) throw NotFoundError("the lab has no " + join(path, "."));
}

}  // namespace xconn::model
