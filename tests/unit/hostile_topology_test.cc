// SPDX-License-Identifier: Apache-2.0
// Every hostile value through every key of the key tables into everything that is made of a topology: refused by the
// key's grammar with a finding that a terminal can show, or written so that it stays a value. A new key, and a new
// object, is tried without a word here; an object that no base topology has fails the test.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "base/text.hh"
#include "cli/graph.hh"
#include "hostile_values.hh"
#include "model/document.hh"
#include "model/keys.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "tests/source_dir.hh"

namespace xconn {
namespace {

using model::Document;
using model::KeyInfo;
using model::ObjectInfo;
using model::Path;
using model::RawPtr;
using nlohmann::json;
using Shape = model::TypeInfo::Shape;

const std::string kRoot = kSourceDir;

// --- where every key stands
// --------------------------------------------------------------------------------------------

/// The first object of each table in a document, and the way to it.
using Objects = std::map<const ObjectInfo*, Path>;

Path longer(Path path, model::Step step) {
  path.push_back(std::move(step));
  return path;
}

void find_objects(const RawPtr& raw, const ObjectInfo& info, const Path& path, Objects& found);

void find_below(const RawPtr& raw, const KeyInfo& key, const Path& path, Objects& found) {
  if (key.type.object == nullptr) return;
  const auto& info = key.type.object();
  for (std::size_t i = 0; i < raw->items.size(); ++i) find_objects(raw->items[i], info, longer(path, i), found);
  const bool holds_objects = key.type.shape == Shape::kNamed || !key.type.text.empty();  // or is one
  if (!holds_objects) return find_objects(raw, info, path, found);
  for (const auto& entry : raw->entries) find_objects(entry.value, info, longer(path, entry.key), found);
}

void find_objects(const RawPtr& raw, const ObjectInfo& info, const Path& path, Objects& found) {
  if (!raw->is_map()) return;
  found.emplace(&info, path);
  for (const auto& key : info.keys)
    if (const auto* entry = raw->find(key.name)) find_below(entry->value, key, longer(path, entry->key), found);
}

RawPtr below(const RawPtr& raw, const model::Step& step) {
  if (step.index >= 0) return raw->items.at(static_cast<std::size_t>(step.index));
  const auto* entry = raw->find(step.name);
  return entry == nullptr ? nullptr : entry->value;
}

RawPtr find(RawPtr raw, const Path& path) {
  for (std::size_t i = 0; raw != nullptr && i < path.size(); ++i) raw = below(raw, path[i]);
  return raw;
}

/// The document with `value` at the end of `path`, of which only the last step may be new.
RawPtr with(const RawPtr& raw, const Path& path, const RawPtr& value, std::size_t depth = 0) {
  if (depth == path.size()) return value;
  auto copy = std::make_shared<model::Raw>(*raw);
  const auto there = below(raw, path[depth]);
  const auto made = there == nullptr ? value : with(there, path, value, depth + 1);
  if (path[depth].index >= 0)
    copy->items[static_cast<std::size_t>(path[depth].index)] = made;
  else if (there == nullptr)
    copy->entries.push_back({path[depth].name, raw->at, made});
  else
    for (auto& entry : copy->entries)
      if (entry.key == path[depth].name) entry.value = made;
  return copy;
}

void all_tables(const ObjectInfo& info, std::set<const ObjectInfo*>& seen) {
  if (!seen.insert(&info).second) return;
  for (const auto& key : info.keys)
    if (key.type.object != nullptr) all_tables(key.type.object(), seen);
}

// --- what is made of a topology
// ----------------------------------------------------------------------------------------

/// `text` without what stands in double quotes, in which a backslash takes away the meaning of what follows.
std::string unquoted(const std::string& text) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      inside = !inside;
    else if (!inside)
      out += text[i];
  }
  EXPECT_FALSE(inside) << "a quote stays open:\n" << text;
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void expect_mermaid(const std::string& text) {
  static const std::regex kLine(
      R"(graph LR|  end|  subgraph \w+\["[^"<>`]*"\]|    \w+\["[^"<>`]*<br/><small>[^"<>`]*</small>"\]|  \w+ ---\|"[^"<>`]*"\| \w+)");
  for (const auto& line : lines_of(text)) EXPECT_TRUE(std::regex_match(line, kLine)) << line;
}

/// A file of sections, or of lines: nothing of the value but after a '=' or in a line of its own kind.
void expect_file(const std::string& name, const std::string& text) {
  EXPECT_TRUE(is_plain(text, true)) << name;
  if (name.ends_with(".json")) {
    EXPECT_FALSE(json::parse(text, nullptr, false).is_discarded()) << text;
    return;
  }
  const std::set<std::string> kOwn{"text.txt"};  // the user's own file
  for (const auto& line : lines_of(text)) {
    const bool may = kOwn.contains(name) || line.starts_with("#") || line.starts_with("!") ||
                     line.starts_with("hostname ") ||  // a circuit names its routers
                     line.find(" password ") != std::string::npos ||
                     line.find("pre-shared key ") != std::string::npos || line.find(" = ") < line.find("EVIL");
    EXPECT_TRUE(may || line.find("EVIL") == std::string::npos) << name << ": " << line;
  }
}

void expect_sound(const plan::Plan& plan, const Document& document, bool own_rules) {
  const auto text = plan::to_json(plan, true).dump();
  EXPECT_EQ(plan::from_json(json::parse(text)), plan);
  EXPECT_EQ(Document::parse(document.yaml(true), document.file()).json(), document.json());
  expect_mermaid(cli::to_mermaid(plan));
  const auto dot = cli::to_dot(plan);
  EXPECT_TRUE(is_plain(dot, true));
  EXPECT_EQ(unquoted(dot).find("EVIL"), std::string::npos) << dot;
  for (const auto& node : plan.nodes) {
    for (const auto& file : node.files) expect_file(file.name, file.content);
    if (!own_rules) {
      EXPECT_EQ(unquoted(node.nftables).find("EVIL"), std::string::npos) << node.nftables;
    }
    for (const auto& [name, value] : node.sysctls) EXPECT_EQ(name.find(".."), std::string::npos) << name;
  }
}

// --- the trials
// --------------------------------------------------------------------------------------------------------

struct Trial {
  Path path;
  RawPtr value;
  bool own_rules = false;
};

std::vector<json> shapes_of(const KeyInfo& key, const std::string& value) {
  if (!key.type.text.empty()) return {value, json::array({value}), json{{value, value}}, json{{"from-file", value}}};
  if (key.type.shape == Shape::kList) return {json::array({value})};
  return {value};
}

std::vector<Trial> trials_of(const RawPtr& root, const Path& object, const KeyInfo& key, const std::string& value) {
  const auto path = longer(object, std::string(key.name));
  std::vector<Trial> trials;
  for (const auto& shape : shapes_of(key, value))
    trials.push_back({path, model::parse_value(shape.dump()), key.name == "nftables"});
  const auto there = find(root, path);
  if (key.type.shape == Shape::kNamed && there != nullptr && !there->entries.empty()) {
    auto renamed = std::make_shared<model::Raw>(*there);
    renamed->entries.front().key = value;
    trials.push_back({path, renamed, false});
  }
  return trials;
}

/// Whether it was taken.
bool try_one(const RawPtr& root, const Trial& trial) {
  try {
    const auto document = Document::of(with(root, trial.path, trial.value));
    const auto topology = model::read(document);
    expect_sound(nodes::make_plan(topology), document, trial.own_rules);
    return true;
  } catch (const TopologyError& error) {
    EXPECT_TRUE(is_plain(error.what(), true)) << error.what();
    for (const auto& finding : error.findings()) EXPECT_TRUE(is_plain(to_string(finding)));
  } catch (const std::exception& error) {
    ADD_FAILURE() << "no grammar has refused it: " << error.what();
  }
  return false;
}

const std::vector<std::string> kBases{"/tests/unit/hostile/every-object.yaml", "/tests/unit/bad/base.yaml"};

TEST(HostileTopology, EveryValueThroughEveryKeyIntoEveryOutput) {
  std::set<const ObjectInfo*> tables;
  all_tables(model::object_info<model::Topology>(), tables);
  std::size_t tried = 0, taken = 0;
  for (const auto& file : kBases) {
    const auto base = Document::load(kRoot + file);
    expect_sound(nodes::make_plan(model::read(base)), base, true);
    Objects objects;
    find_objects(base.raw(), model::object_info<model::Topology>(), {}, objects);
    for (const auto& [info, path] : objects) {
      if (tables.erase(info) == 0) continue;
      for (const auto& key : info->keys)
        for (const auto& value : kHostile)
          for (const auto& trial : trials_of(base.raw(), path, key, value)) {
            SCOPED_TRACE(std::string(info->name) + "." + std::string(key.name) + " = " + printable(value));
            ++tried;
            taken += try_one(base.raw(), trial) ? 1 : 0;
          }
    }
  }
  for (const auto* info : tables) ADD_FAILURE() << "no base topology has a " << info->name << " written as a map";
  RecordProperty("tried", static_cast<int>(tried));
  RecordProperty("taken", static_cast<int>(taken));
  EXPECT_GT(taken, 30U) << "a test in which everything is refused tries no encoder";
}

TEST(HostileTopology, APreSharedKeyMayBeAnything) {
  const auto base = Document::load(kRoot + "/tests/unit/hostile/every-object.yaml");
  for (const std::string key : {"abc\\", "\"} EVIL {", "0x12", "0sYWJj", "#", " ", "schlüssel"}) {
    auto document = base;
    for (const auto* node : {"left", "right"}) document.put({"nodes", node, "tunnels", "vpn", "psk"}, key);
    const auto plan = nodes::make_plan(model::read(document));
    for (const auto& file : plan.find_node("left")->files)
      if (file.name == "swanctl.conf") {
        EXPECT_TRUE(std::regex_search(file.content, std::regex("secret = 0s[A-Za-z0-9+/]+=*\n"))) << file.content;
      }
  }
}

/// What the schema says and what reading does are one: every pattern agrees with its word about every value.
TEST(HostileTopology, TheSchemaHasTheGrammars) {
  std::set<const ObjectInfo*> tables;
  all_tables(model::object_info<model::Topology>(), tables);
  std::size_t with_pattern = 0;
  for (const auto* info : tables)
    for (const auto& key : info->keys) {
      if (key.type.word == nullptr && key.type.name == nullptr) continue;
      const auto& word = key.type.word != nullptr ? *key.type.word : *key.type.name;
      const auto schema = json::parse("{" + word.schema + "}");
      with_pattern += schema.contains("pattern") ? 1 : 0;
      const bool is_free = !schema.contains("pattern") && !schema.contains("enum") && !word.schema.empty();
      if (is_free) {
        EXPECT_NE(schema["type"], json::array({"string", "number", "boolean"})) << info->name << "." << key.name;
      }
    }
  EXPECT_GT(with_pattern, 60U);
}

}  // namespace
}  // namespace xconn
