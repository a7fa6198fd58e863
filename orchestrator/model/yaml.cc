// SPDX-License-Identifier: Apache-2.0
#include "model/yaml.hh"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "base/text.hh"

namespace xconn::model {
namespace {

/// Ends the parse: what follows cannot be understood.
struct Stop {
  Position at;
  std::string rule, remedy;
};

struct Frame {
  std::shared_ptr<Raw> raw;
  YAML::anchor_t anchor = 0;
  std::optional<RawEntry> pending;  ///< a map's key that waits for its value
};

/// Builds the tree from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(const std::string* file, const YamlKind& kind, Findings& findings)
      : file_(file), kind_(kind), findings_(findings) {}

  RawPtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { keep(make(Raw::Kind::kNull, mark), anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      throw Stop{position(mark), "an alias cannot stand inside what it refers to", "write it out"};
    add(known->second, position(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string& value) override {
    auto raw = make(Raw::Kind::kScalar, mark);
    raw->text = value;
    keep(std::move(raw), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(Raw::Kind::kList, mark), anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(Raw::Kind::kMap, mark), anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapEnd() override {
    finish_map(*stack_.back().raw);
    close();
  }

 private:
  Position position(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  std::shared_ptr<Raw> make(Raw::Kind kind, const YAML::Mark& mark) const {
    auto raw = std::make_shared<Raw>();
    raw->kind = kind;
    raw->at = position(mark);
    return raw;
  }

  void open(std::shared_ptr<Raw> raw, YAML::anchor_t anchor) {
    if (stack_.size() >= kind_.deepest)
      throw Stop{raw->at, "at most " + std::to_string(kind_.deepest) + " levels of lists and maps", "nest less"};
    stack_.push_back({std::move(raw), anchor, std::nullopt});
  }

  void close() {
    auto frame = std::move(stack_.back());
    stack_.pop_back();
    keep(std::move(frame.raw), frame.anchor);
  }

  void keep(std::shared_ptr<const Raw> raw, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = raw;
    const auto at = raw->at;
    add(std::move(raw), at);
  }

  void add(RawPtr raw, const Position& at) {
    if (stack_.empty()) {
      root_ = std::move(raw);
      return;
    }
    auto& frame = stack_.back();
    if (frame.raw->kind == Raw::Kind::kList) {
      grow(*frame.raw, *raw, at);
      frame.raw->items.push_back(std::move(raw));
    } else if (!frame.pending) {
      if (!raw->is_scalar() && !raw->is_null()) throw Stop{at, "a key is a word", "quote it if it is meant as text"};
      frame.pending = RawEntry{raw->text, at, nullptr};
    } else {
      grow(*frame.raw, *raw, at);
      frame.pending->value = std::move(raw);
      frame.raw->entries.push_back(std::move(*frame.pending));
      frame.pending.reset();
    }
  }

  void grow(Raw& holder, const Raw& part, const Position& at) const {
    holder.size += part.size;
    if (holder.size > kind_.largest)
      throw Stop{at,
                 "a " + std::string(kind_.name) + " has at most " + std::to_string(kind_.largest) +
                     " nodes of YAML once aliases are resolved",
                 "use fewer aliases of aliases"};
  }

  /// Reports keys written twice (the last one counts) and resolves `<<`.
  void finish_map(Raw& map) {
    auto written = std::move(map.entries);
    map.entries.clear();
    std::unordered_map<std::string, std::size_t> known;
    std::vector<RawEntry> merges;
    for (auto& entry : written) {
      if (entry.key == "<<") {
        merges.push_back(std::move(entry));
      } else if (const auto [at, is_new] = known.emplace(entry.key, map.entries.size()); is_new) {
        map.entries.push_back(std::move(entry));
      } else {
        report_twice(entry, map.entries[at->second]);
        map.entries[at->second] = std::move(entry);
      }
    }
    for (const auto& merge : merges) merge_from(map, merge, known);
  }

  /// To a key of the map that is being read.
  Path path_to(const std::string& key) const {
    Path path;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      if (stack_[i].pending)
        path.emplace_back(stack_[i].pending->key);
      else
        path.emplace_back(stack_[i].raw->items.size());
    }
    path.emplace_back(key);
    return path;
  }

  void report_twice(const RawEntry& entry, const RawEntry& first) {
    findings_.add(entry.at.where(), path_to(entry.key),
                  {"", "a key is written once in a map; it is already on line " + std::to_string(first.at.line),
                   "remove one of the two", ""});
  }

  void merge_from(Raw& map, const RawEntry& merge, std::unordered_map<std::string, std::size_t>& known) {
    auto sources = merge.value->is_list() ? merge.value->items : std::vector<RawPtr>{merge.value};
    for (const auto& source : sources) {
      if (!source->is_map()) {
        findings_.add(merge.at.where(), path_to(merge.key),
                      {"", "'<<' takes a map or a list of maps, not " + std::string(name_of(source->kind)),
                       "merge an anchor: '<<: *name'", ""});
        continue;
      }
      for (const auto& entry : source->entries)
        if (known.emplace(entry.key, map.entries.size()).second) map.entries.push_back(entry);
    }
  }

  const std::string* file_;
  const YamlKind& kind_;
  Findings& findings_;
  RawPtr root_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, RawPtr> anchors_;
};

Position position_of(std::string_view text, std::size_t at, const std::string* file) {
  Position place{file, 1, 1};
  for (std::size_t i = 0; i < at; ++i) {
    ++place.column;
    if (text[i] != '\n') continue;
    ++place.line;
    place.column = 1;
  }
  return place;
}

bool is_forbidden(char32_t code) { return code < ' ' && code != '\t' && code != '\n' && code != '\r'; }

std::optional<Position> first_byte_that_is_no_text(std::string_view text, const std::string* file) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto character = character_at(text, at);
    if (!character || is_forbidden(character->code)) return position_of(text, at, file);
    at += character->length;
  }
  return std::nullopt;
}

std::string_view line_of(std::string_view text, int line) {
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

void report(const Position& at, std::string rule, std::string remedy, Findings& findings) {
  findings.add(at.where(), {}, {"", std::move(rule), std::move(remedy), ""});
}

void report_syntax(const YAML::Exception& error, std::string_view text, const std::string* file, Findings& findings) {
  const Position at{file, std::max(error.mark.line, 0) + 1, std::max(error.mark.column, 0) + 1};
  const auto line = line_of(text, at.line);
  const auto start = line.find_first_not_of(' ');
  if (start != std::string_view::npos && line[start] == '\t')
    return report({file, at.line, static_cast<int>(start) + 1}, "YAML is indented with spaces, not with tabs",
                  "replace the tab by spaces", findings);
  report(at, "this is not YAML: " + error.msg.substr(0, error.msg.find(": ")), "", findings);
}

RawPtr parse_checked(std::string_view text, const std::string* file, const YamlKind& kind, Findings& findings) {
  Findings soft;
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  Builder builder(file, kind, soft);
  if (!parser.HandleNextDocument(builder)) {
    report({file, 1, 1}, "the file is empty", std::string(kind.least), findings);
    return nullptr;
  }
  findings.take(soft);
  const auto root = builder.root();
  Builder second(file, kind, findings);
  if (parser.HandleNextDocument(second))
    report(second.root() ? second.root()->at : Position{file, 1, 1},
           "a " + std::string(kind.name) + " file holds one YAML document", "remove what follows '---'", findings);
  return root;
}

}  // namespace

RawPtr parse_yaml(std::string_view text, const std::string& name, Findings& findings, const YamlKind& kind) {
  const auto* file = intern_file(name);
  if (const auto at = first_byte_that_is_no_text(text, file)) {
    report(*at,
           "a " + std::string(kind.name) +
               " file is UTF-8 text without control characters; here is one, or a byte that is no text",
           "is this the right file?", findings);
    return nullptr;
  }
  try {
    return parse_checked(text, file, kind, findings);
  } catch (const Stop& stop) {
    report(stop.at, stop.rule, stop.remedy, findings);
  } catch (const YAML::Exception& error) {
    report_syntax(error, text, file, findings);
  }
  return nullptr;
}

}  // namespace xconn::model
