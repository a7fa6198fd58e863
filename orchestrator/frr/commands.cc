// SPDX-License-Identifier: Apache-2.0
#include "frr/commands.hh"

#include <string_view>
#include <unordered_map>

namespace xconn::frr {
namespace {

/// Statements by what they set: a section may have thousands.
class Index {
 public:
  explicit Index(const Statements& statements) {
    for (const auto& statement : statements) by_key_.emplace(statement.key, &statement);
  }
  const Statement* find(const std::string& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string_view, const Statement*> by_key_;
};

/// An entry of a list is named by its value, too; anything else by what it sets (a value may even be refused).
std::string negated(const Statement& statement) {
  const auto name = statement.entry.empty() ? statement.key : statement.text();
  return name.starts_with("no ") ? name.substr(3) : "no " + name;
}

/// In the order of `before`.
std::vector<std::string> subjects_gone(const Statements& before, const Statements& after) {
  std::set<std::string_view> known{""};
  for (const auto& statement : after) known.insert(statement.subject);
  std::vector<std::string> gone;
  for (const auto& statement : before)
    if (known.insert(statement.subject).second) gone.push_back(statement.subject);
  return gone;
}

}  // namespace

void Difference::removals(const Statements& before, const Statements& after) {
  std::vector<std::string> going;
  for (auto& subject : subjects_gone(before, after))
    if (gone_.insert(subject).second) going.push_back(std::move(subject));
  const Index wanted(after);
  for (auto statement = before.rbegin(); statement != before.rend(); ++statement)
    if (!statement->is_note()) remove(*statement, wanted.find(statement->key));
  for (const auto& subject : going) out_.push_back("no " + subject);
}

void Difference::additions(const Statements& before, const Statements& after) {
  const Index known(before);
  for (const auto& statement : after) {
    if (statement.is_note()) continue;
    const auto* old = known.find(statement.key);
    if (!statement.is_section) {
      if (old == nullptr || old->value != statement.value) add(statement, before);
      continue;
    }
    inside(statement, old == nullptr, [&] { additions(old == nullptr ? kNothing : old->body, statement.body); });
  }
}

/// An entry that its list has under another number goes there first.
void Difference::add(const Statement& statement, const Statements& before) {
  if (!statement.entry.empty()) {
    for (const auto& old : before)
      if (old.entry == statement.entry && settled_.insert(old.key).second) out_.push_back(negated(old));
    settled_.insert(statement.key);
  }
  out_.push_back(statement.text());
}

void Difference::remove(const Statement& statement, const Statement* wanted) {
  if (wanted != nullptr) return inside(statement, false, [&] { removals(statement.body, wanted->body); });
  if (settled_.contains(statement.key) || gone_.contains(statement.subject)) return;
  if (statement.only_emptied)
    inside(statement, false, [&] { removals(statement.body, {}); });
  else
    out_.push_back(negated(statement));
}

/// Enters a section only if there is something to do in it, or it is new.
template <class Do>
void Difference::inside(const Statement& section, bool always, Do act) {
  const auto mark = out_.size();
  out_.push_back(section.text());
  act();
  if (out_.size() == mark + 1 && !always)
    out_.pop_back();
  else
    out_.emplace_back("exit");
}

}  // namespace xconn::frr
