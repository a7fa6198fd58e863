// SPDX-License-Identifier: Apache-2.0
#include "model/schema.hh"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "model/keys.hh"
#include "model/rules.hh"

namespace xconn::model {
namespace {

using Json = nlohmann::ordered_json;
using Shape = TypeInfo::Shape;

constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

struct Reached {
  const ObjectInfo* info;
  bool is_named = false;  ///< its name is a map's key, or a key `name` in a list
};

void reach(const ObjectInfo& info, bool is_named, std::vector<Reached>& reached) {
  const auto at = std::ranges::find(reached, &info, &Reached::info);
  if (at == reached.end())
    reached.push_back({&info, is_named});
  else
    at->is_named |= is_named;
}

/// Every object, the file first, in the order in which they are first mentioned.
std::vector<Reached> all_objects(const ObjectInfo& root) {
  std::vector<Reached> reached{{&root}};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const auto& info = *reached[i].info;
    for (const auto& key : info.keys)
      if (key.type.object != nullptr) reach(key.type.object(), key.type.shape == Shape::kNamed, reached);
    for (const auto* variant : info.variants) reach(*variant, false, reached);
  }
  return reached;
}

std::string id_of(const ObjectInfo& info) {
  std::string id(info.name);
  std::replace(id.begin(), id.end(), ' ', '-');
  return id;
}

// --- JSON schema -----------------------------------------------------------------------------------------------------

Json fragment(const std::string& members) { return Json::parse("{" + members + "}"); }

/// Keys that are anchors' places, and merges.
const Json kUnread{{"pattern", "^(x-.*|<<)$"}};

/// Two schemas of everything: a whole file's, and a file's that extends another, where nothing is required and null
/// removes.
class Schema {
 public:
  explicit Schema(bool is_part) : is_part_(is_part) {}

  std::string id(const ObjectInfo& info) const { return id_of(info) + (is_part_ ? "-part" : ""); }

  Json object(const Reached& reached) const {
    const auto& info = *reached.info;
    if (!info.variants.empty()) return {{"description", info.doc}, {"oneOf", references(info.variants)}};
    Json schema{{"type", "object"}, {"description", info.doc}, {"properties", Json::object()}};
    if (reached.is_named) schema["properties"]["name"] = {{"type", "string"}};
    Json required = Json::array();
    for (const auto& key : info.keys) {
      schema["properties"][std::string(key.name)] = property(key);
      if (!key.alias.empty()) schema["properties"][std::string(key.alias)] = property(key);
      if (key.required() && key.alias.empty()) required.push_back(key.name);
    }
    schema["patternProperties"] = {{"^(x-.*|<<)$", Json::object()}};
    schema["additionalProperties"] = false;
    if (!required.empty() && !is_part_) schema["required"] = required;
    if (!is_part_) add_choices(info, schema);
    if (info.shorthand == nullptr) return schema;
    return {{"anyOf", Json::array({schema, fragment(info.shorthand_schema)})}};
  }

 private:
  Json references(const std::vector<const ObjectInfo*>& objects) const {
    Json all = Json::array();
    for (const auto* object : objects) all.push_back(reference(*object));
    return all;
  }

  Json reference(const ObjectInfo& info) const { return {{"$ref", "#/$defs/" + id(info)}}; }

  static void add_choices(const ObjectInfo& info, Json& schema) {
    for (const auto& key : info.keys) {
      const Json written{{"required", Json::array({key.name})}};
      if (key.has(kOneOf)) schema["oneOf"].push_back(written);
      if (key.has(kSomeOf)) schema["anyOf"].push_back(written);
    }
  }

  Json property(const KeyInfo& key) const {
    auto schema = shaped(key);
    if (is_part_) schema = {{"anyOf", Json::array({schema, {{"type", "null"}}})}};
    schema["description"] = key.doc;
    return schema;
  }

  Json one(const TypeInfo& type) const {
    if (!type.schema.empty()) return fragment(type.schema);
    if (type.word != nullptr) return fragment(type.word->schema);
    return reference(type.object());
  }

  Json shaped(const KeyInfo& key) const {
    const auto& type = key.type;
    const auto base = one(type);
    Json list{{"type", "array"}, {"items", base}};
    if (key.has(kFilled)) list["minItems"] = 1;
    if (type.shape == Shape::kList) return {{"anyOf", Json::array({list, base})}};
    if (type.shape != Shape::kNamed) return base;
    Json named{{"type", "object"},
               {"propertyNames", {{"anyOf", Json::array({fragment(type.name->schema), kUnread})}}},
               {"additionalProperties", {{"anyOf", Json::array({base, {{"type", "null"}}})}}}};
    if (key.has(kFilled)) named["minProperties"] = 1;
    return {{"anyOf", Json::array({named, list})}};
  }

  bool is_part_;
};

// --- Markdown
// ----------------------------------------------------------------------------------------------------------

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string type_text(const TypeInfo& type) {
  std::string base = type.text;
  if (base.empty() && type.word != nullptr) base = type.word->name;
  if (base.empty()) base = "[" + std::string(type.object().name) + "](#" + id_of(type.object()) + ")";
  if (type.shape == Shape::kList) return base + ", or a list of them";
  if (type.shape == Shape::kNamed) return "map from names to " + base;
  return base;
}

std::string standard_text(const KeyInfo& key) {
  if (key.required()) return "required";
  if (key.has(kOneOf)) return "one of these";
  if (key.has(kSomeOf)) return "one or more of these";
  return key.standard.empty() ? "" : "`" + key.standard + "`";
}

std::string row_text(const KeyInfo& key) {
  auto name = "`" + std::string(key.name) + "`";
  if (!key.alias.empty()) name += " or `" + std::string(key.alias) + "`";
  return "| " + name + " | " + cell(type_text(key.type)) + " | " + standard_text(key) + " | " +
         cell(std::string(key.doc)) + " |\n";
}

std::string table_text(const ObjectInfo& info) {
  std::string text = "\n| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& key : info.keys) text += row_text(key);
  return text;
}

/// The keys that a variant has beside those that all have.
std::string own_keys_text(const ObjectInfo& info, const ObjectInfo& variant) {
  std::string text;
  for (auto i = info.keys.size(); i < variant.keys.size(); ++i) {
    const auto& key = variant.keys[i];
    const auto standard = key.required() ? "" : "; " + standard_text(key);
    text += text.empty() ? "" : "; ";
    text += "`" + std::string(key.name) + "` (" + type_text(key.type) + standard + "): " + std::string(key.doc);
  }
  return text;
}

/// Variants that have keys in common are rows, others have tables of their own.
bool has_rows(const ObjectInfo& info) { return !info.variants.empty() && !info.keys.empty(); }

std::string variants_text(const ObjectInfo& info) {
  if (!has_rows(info)) {
    std::string text = "\nIt is one of:";
    for (const auto* variant : info.variants) text += " [" + std::string(variant->name) + "](#" + id_of(*variant) + ")";
    return text + "\n";
  }
  std::string text = "\n| it is a | its other keys | meaning |\n|---|---|---|\n";
  for (const auto* variant : info.variants)
    text += "| " + std::string(variant->name) + " | " + cell(own_keys_text(info, *variant)) + " | " +
            std::string(variant->doc) + " |\n";
  return text;
}

std::string object_text(const ObjectInfo& info) {
  auto text = "## " + std::string(info.name) + "\n\n" + std::string(info.doc) + "\n";
  if (info.shorthand != nullptr) text += "\nIt is " + std::string(info.shorthand_doc) + ".\n";
  text += "\n```yaml\n" + std::string(info.example) + "\n```\n";
  if (!info.keys.empty()) text += table_text(info);
  if (!info.variants.empty()) text += variants_text(info);
  return text;
}

constexpr const char* kIntroduction = R"(# Topology reference

Generated from the tables that the reader uses (`orchestrator/model/keys_*.cc`); do not edit. `xconn validate` checks a
file against these tables and against [the rules](rules.md), and reports everything that is wrong at once.

- YAML anchors, aliases and merge keys (`<<: *name`, `<<: [*a, *b]`) work; a merge is shallow, and keys written beside it win.
- `extends: other.yaml` starts from another file: maps are merged key by key, lists and words are replaced, `null` removes.
- A map from names to objects may also be written as a list of objects that carry `name:`.
- Where a list is expected, one item may stand alone.
- Keys that begin with `x-` are ignored; use them to hold YAML anchors.
)";

constexpr const char* kBreachIntroduction = R"(
## Wrong on purpose

A topology that names rules in `expect-broken` is built although it breaks them: `expect-broken: [V17, V18]`. `validate` and `up`
list what those rules find as `broken on purpose`; every other finding is a mistake as always, and so is a rule that is named
and holds. `up` gives such a lab 15 s to come as far as it can, and `inspect` says what does not hold, and why. A rule that says
what no device takes, or without which nothing could be built (unknown keys, names, references, wiring), cannot be named.

For a lab that is right at first, use the fault `mismatch` ([command line](cli.md#faults)).

| rule | how it is broken |
|---|---|
)";

constexpr const char* kRulesIntroduction = R"(# Rules

Generated from the table in `orchestrator/model/rules.cc`; do not edit. V: Azure's rules; T: those of any network, or of
the file's format. A message ends with the rule's code and source: `[V12] (Microsoft Learn: ...)`.

- file: every topology is checked before anything is built (`xconn validate`, `plan`, `up`);
- change: the step from one topology to the next on a [running lab](change.md), before the rules of files are asked;
- read-out: what `xconn az` is asked.

| code | of | rule | Azure says | source |
|---|---|---|---|---|
)";

struct WhenRow {
  When when;
  std::string_view word;
};
constexpr std::array<WhenRow, 3> kWhen{
    {{When::kFile, "file"}, {When::kChange, "change"}, {When::kReadOut, "read-out"}}};

}  // namespace

std::string json_schema() {
  Json schema{{"$schema", kDialect}, {"title", "Crossconnect topology"}};
  schema["if"] = {{"required", Json::array({"extends"})}};
  schema["then"] = {{"$ref", "#/$defs/topology-part"}};
  schema["else"] = {{"$ref", "#/$defs/topology"}};
  for (const bool is_part : {false, true}) {
    const Schema make(is_part);
    for (const auto& reached : all_objects(object_info<Topology>()))
      schema["$defs"][make.id(*reached.info)] = make.object(reached);
  }
  return schema.dump(2) + "\n";
}

std::string json_schema_of(const ObjectInfo& root, const std::string& title) {
  Json schema{{"$schema", kDialect}, {"title", title}, {"$ref", "#/$defs/" + id_of(root)}};
  const Schema make(false);
  for (const auto& reached : all_objects(root)) schema["$defs"][make.id(*reached.info)] = make.object(reached);
  return schema.dump(2) + "\n";
}

std::string tables_of(const ObjectInfo& root) {
  std::string text;
  std::set<const ObjectInfo*> told;
  for (const auto& [info, is_named] : all_objects(root)) {
    if (!told.contains(info)) text += "\n" + object_text(*info);
    if (has_rows(*info)) told.insert(info->variants.begin(), info->variants.end());
  }
  return text;
}

std::string reference_markdown() {
  auto text = kIntroduction + tables_of(object_info<Topology>()) + kBreachIntroduction;
  for (const auto& [code, how] : rehearsable_rules())
    text += "| " + std::string(code) + " | " + cell(std::string(how)) + " |\n";
  return text;
}

std::string rules_markdown() {
  std::string text = kRulesIntroduction;
  for (const auto& row : rules()) {
    const auto when = std::ranges::find(kWhen, row.when, &WhenRow::when);
    for (const auto part : {row.code, when->word, row.statement, row.says, row.source})
      text += "| " + cell(std::string(part)) + (part.empty() ? "" : " ");
    text += "|\n";
  }
  return text;
}

}  // namespace xconn::model
