// SPDX-License-Identifier: Apache-2.0
// The tables of the timeline.
#include <deque>
#include <iterator>
#include <sstream>

#include "drill/keys.hh"
#include "faults/kinds.hh"
#include "faults/request.hh"
#include "faults/values.hh"

namespace xconn::drill {
namespace {

using model::Cursor;
using model::KeyInfo;
using model::ObjectInfo;
using model::WordInfo;

template <class Action>
Action& action_of(void* step) {
  auto& action = static_cast<Step*>(step)->action;
  if (auto* there = std::get_if<Action>(&action)) return *there;
  return action.emplace<Action>();
}

/// A row of an action's member, which stands in its step.
template <auto Member,
          class As = typename model::detail::Element<typename model::detail::MemberOf<Member>::Value>::Type>
KeyInfo action_key(std::string_view name, std::string_view doc, unsigned flags = 0) {
  auto info = model::key<Member, As>(name, doc, flags);
  info.read = [](const Cursor& at, void* step) {
    using Action = typename model::detail::MemberOf<Member>::Object;
    model::detail::read_value<As>(at, action_of<Action>(step).*Member);
  };
  return info;
}

KeyInfo at_key() { return model::key<&Step::at>("at", "when, since the drill began", model::kRequired); }

/// Of a kind: only its own name is left for `fault`.
KeyInfo kind_key(std::string_view kind) {
  auto info = action_key<&Inject::kind, FilledLine>("fault", "a kind of `xconn fault`", model::kRequired);
  info.type = model::own_type("kind of fault",
                              kind.empty() ? R"("type": "string")" : "\"const\": \"" + std::string(kind) + "\"");
  return info;
}

std::vector<KeyInfo> keys_of_all_faults(std::string_view kind) {
  return {
      at_key(),
      kind_key(kind),
      action_key<&Inject::on, Naming<Named::kTarget>>("on", "what is broken", model::kRequired),
      action_key<&Inject::lasts, Lasting>("for", "for how long; without it, until it is healed or the drill ends"),
      action_key<&Inject::name, Title>("name", "what `heal` calls it; without it, `fault-1` for the first step ..."),
  };
}

// --- parameters of the kinds -----------------------------------------------------------------------------------------

const WordInfo& word_of(faults::ValueKind kind) {
  static std::map<faults::ValueKind, WordInfo> words;
  const auto& value = faults::info_of(kind);
  return words
      .try_emplace(kind,
                   WordInfo{std::string(value.form), "it is " + std::string(value.form), "", std::string(value.schema)})
      .first->second;
}

void read_parameter(const Cursor& at, void* step) {
  auto& fault = action_of<Inject>(step);
  const auto& parameters = faults::find_kind(fault.kind)->parameters;
  const auto value = std::ranges::find(parameters, at.key(), &faults::Parameter::name)->value;
  const auto* text = model::detail::scalar_text(at, word_of(value));
  if (text == nullptr) return;
  if (!faults::is_valid(value, *text)) return model::detail::report_word(at, word_of(value));
  fault.parameters.emplace(at.key(), *text);
}

KeyInfo parameter_key(const faults::Parameter& parameter) {
  KeyInfo info{parameter.name, {}, parameter.meaning, 0, {}, std::string(parameter.default_value), read_parameter};
  info.type.word = &word_of(parameter.value);
  if (parameter.default_value.empty()) info.flags = model::kRequired;
  return info;
}

ObjectInfo table_of(const faults::Kind& kind) {
  static std::deque<std::string> names;
  ObjectInfo info{
      names.emplace_back(std::string(kind.name) + " fault"), kind.meaning, {}, keys_of_all_faults(kind.name)};
  for (const auto& parameter : kind.parameters) info.keys.push_back(parameter_key(parameter));
  return info;
}

const std::vector<ObjectInfo>& tables_of_kinds() {
  static const auto kTables = [] {
    std::vector<ObjectInfo> tables;
    for (const auto& kind : faults::kinds()) tables.push_back(table_of(kind));
    return tables;
  }();
  return kTables;
}

const ObjectInfo* choose_kind(const Cursor& at) {
  const auto* entry = at.raw().find("fault");
  const auto word = at.entry(*entry);
  const auto* text = model::detail::scalar_text(word, model::Word<FilledLine>::info());
  if (text == nullptr) return nullptr;
  const auto* kind = faults::find_kind(*text);
  if (kind != nullptr) return &tables_of_kinds()[static_cast<std::size_t>(kind - faults::kinds().data())];
  word.fault("there is no such fault", faults::kind_remedy(*text));
  return nullptr;
}

// --- steps -----------------------------------------------------------------------------------------------------------

const ObjectInfo& heal_step() {
  static const ObjectInfo kInfo{
      "heal",
      "A step that mends what an earlier one has broken.",
      "- {at: 9s, heal: all}",
      {
          at_key(),
          action_key<&Heal::name, Title>("heal", "the `name` of an earlier fault, or `all`", model::kRequired),
      }};
  return kInfo;
}

void read_exec(const Cursor& at, void* step) {
  model::read_object(model::object_info<Exec>(), at, &action_of<Exec>(step));
}

const ObjectInfo& exec_step() {
  static const ObjectInfo kInfo{
      "exec",
      "A step that runs a command in a node. A status other than 0 is written to the timeline and ends nothing.",
      "- {at: 6s, exec: {node: hq-fgt, command: [ip, route]}}",
      {at_key(),
       {"exec", {}, "what, and where", model::kRequired, {.object = model::object_info<Exec>}, {}, read_exec}}};
  return kInfo;
}

/// One word alone is a command line.
std::vector<std::string> words_of(std::vector<std::string> written) {
  if (written.size() != 1) return written;
  std::istringstream line(written.front());
  return {std::istream_iterator<std::string>(line), {}};
}

void read_command(const Cursor& at, void* step) {
  std::vector<std::string> written;
  model::detail::read_value<model::Argument>(at, written);
  auto parsed = model::parse_command(words_of(std::move(written)));
  if (auto* fault = std::get_if<model::Fault>(&parsed)) {
    at.findings().add(at.at().where(), at.path(), std::move(*fault));
    return;
  }
  auto& command = action_of<Do>(step).command;
  command = std::get<model::Command>(std::move(parsed));
  command.where = at.at().where();
}

const ObjectInfo& do_step() {
  static const ObjectInfo kInfo{
      "do",
      "A step that changes objects as Azure's own do, by a verb of `xconn circuit`, `xconn connection` ... What Azure "
      "refuses changes nothing and fails the drill. When the drill has ended the lab is again what it was before.",
      "- {at: 4s, do: connection delete er1-hub}\n- {at: 6s, do: [vnet, update, hub, \"address-space=[10.1.0.0/16, "
      "10.9.0.0/16]\"]}",
      {at_key(),
       {"do",
        {},
        "KIND VERB NAME and, of create and update, KEY=VALUE: one line, or a list of words",
        model::kRequired | model::kFilled,
        model::word_type<model::Argument>(model::TypeInfo::Shape::kList),
        {},
        read_command}}};
  return kInfo;
}

struct Variant {
  std::string_view key;
  const ObjectInfo& (*table)();
};
constexpr Variant kSteps[] = {{"fault", fault_step}, {"heal", heal_step}, {"exec", exec_step}, {"do", do_step}};

const ObjectInfo* choose_step(const Cursor& at) {
  const ObjectInfo* chosen = nullptr;
  std::size_t written = 0;
  for (const auto& [key, table] : kSteps) {
    if (at.raw().find(key) == nullptr) continue;
    ++written;
    chosen = &table();
  }
  if (written == 1) return chosen;
  at.fault_at_key({}, "a step has exactly one of fault, heal, exec or do");
  return nullptr;
}

}  // namespace

const ObjectInfo& fault_step() {
  static const ObjectInfo kInfo = [] {
    ObjectInfo info{
        "fault",
        "A step that breaks something. What is still broken at the end is healed after the flows have stopped.",
        "- {at: 4s, fault: blackhole, on: \"provider:msee1\", name: primary, for: 5s}", keys_of_all_faults({})};
    for (const auto& table : tables_of_kinds()) info.variants.push_back(&table);
    info.choose = choose_kind;
    return info;
  }();
  return kInfo;
}

}  // namespace xconn::drill

namespace xconn::model {

template <>
const ObjectInfo& object_info<drill::Step>() {
  static const ObjectInfo kInfo = [] {
    ObjectInfo info{
        "step", "Something that is done at a time.", "timeline:\n  - {at: 4s, fault: carrier, on: \"hq:wan\"}", {}};
    for (const auto& variant : drill::kSteps) info.variants.push_back(&variant.table());
    info.choose = drill::choose_step;
    return info;
  }();
  return kInfo;
}

template <>
const ObjectInfo& object_info<drill::Exec>() {
  static const ObjectInfo kInfo{
      "command",
      "What `exec` runs.",
      "exec: {node: hq-fgt, command: [ip, route]}",
      {
          key<&drill::Exec::node, drill::Naming<drill::Named::kNode>>("node", "where", kRequired),
          key<&drill::Exec::argv, Argument>("command", "a list of words, the program first", kRequired | kFilled),
      }};
  return kInfo;
}

}  // namespace xconn::model
