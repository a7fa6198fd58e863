// SPDX-License-Identifier: Apache-2.0
// Where a drill names something: the tables say which words do, so a new row needs nothing here.
#include "drill/mentions.hh"

#include "drill/keys.hh"

namespace xconn::drill {
namespace {

using model::Cursor;
using model::KeyInfo;
using model::ObjectInfo;
using Shape = model::TypeInfo::Shape;

class Walk {
 public:
  explicit Walk(std::vector<Mention>& found) : found_(found) {}

  void object(const ObjectInfo& info, const Cursor& at) {
    if (!at.raw().is_map()) return;
    if (info.choose != nullptr) {
      if (const auto* chosen = info.choose(at)) object(*chosen, at);
      return;
    }
    for (const auto& key : info.keys)
      if (const auto* entry = at.raw().find(key.name)) value(key, at, at.entry(*entry));
  }

 private:
  void value(const KeyInfo& key, const Cursor& map, const Cursor& at) {
    if (const auto what = named_by(key.type.word))
      return key.type.shape == Shape::kWords ? pairs(*what, at) : words(*what, map, at);
    if (key.type.object == nullptr) return;
    const auto& info = key.type.object();
    if (at.raw().is_list()) return each_item(at, [&](const Cursor& item) { object(info, item); });
    if (key.type.shape != Shape::kNamed) return object(info, at);
    for (const auto& entry : at.raw().entries) object(info, at.entry(entry));
  }

  template <class Visit>
  static void each_item(const Cursor& at, Visit visit) {
    for (std::size_t i = 0; i < at.raw().items.size(); ++i) visit(at.item(i));
  }

  void words(Named what, const Cursor& map, const Cursor& at) {
    if (at.raw().is_scalar()) add(what, at, at.raw().text, map.raw());
    each_item(at, [&](const Cursor& item) { words(what, map, item); });
  }

  /// {NODE: INTERFACE} names NODE:INTERFACE.
  void pairs(Named what, const Cursor& at) {
    for (const auto& entry : at.raw().entries)
      if (entry.value->is_scalar()) add(what, at.entry(entry), entry.key + ":" + entry.value->text, at.raw());
  }

  void add(Named what, const Cursor& at, const std::string& text, const model::Raw& map) {
    auto finding = model::finding_of(at.raw().at.where(), at.path(), {text, "", "", ""});
    finding.value = text;  // whole: it is looked up
    found_.push_back({what, std::move(finding), {}});
    for (const auto& entry : map.entries)
      if (entry.value->is_scalar()) found_.back().beside.emplace(entry.key, entry.value->text);
  }

  std::vector<Mention>& found_;
};

}  // namespace

std::vector<Mention> mentions_of(const model::Raw& root) {
  std::vector<Mention> found;
  model::Findings said_already;
  Walk(found).object(model::object_info<Drill>(), Cursor(root, said_already));
  return found;
}

}  // namespace xconn::drill
