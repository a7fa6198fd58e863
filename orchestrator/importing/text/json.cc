// SPDX-License-Identifier: Apache-2.0
#include "importing/text/json.hh"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "importing/text/comments.hh"
#include "importing/text/notes.hh"

namespace xconn::importing {
namespace {

using model::Position;
using model::Raw;
using model::RawEntry;
using model::RawPtr;

constexpr std::size_t kDeepestNesting = 128;
constexpr std::size_t kMostValues = 1'000'000;

/// Where the parser is: all copies of the iterator share it.
struct Cursor {
  std::string_view text;
  const std::string* file = nullptr;
  std::size_t next = 0;        ///< the byte that is read next
  std::size_t line_start = 0;  ///< of the line of the byte before it
  int line = 1;

  void advance() {
    if (next > 0 && is_line_end(text[next - 1])) {
      ++line;
      line_start = next;
    }
    ++next;
  }
  static bool is_line_end(char c) { return c == '\n' || c == kLineInString; }
  std::size_t last() const { return next == 0 ? 0 : next - 1; }
  Position position(std::size_t at) const { return {file, line, static_cast<int>(at - line_start) + 1}; }
};

class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counting(Cursor* cursor, bool is_end) : cursor_(cursor), is_end_(is_end) {}
  reference operator*() const { return cursor_->text[cursor_->next]; }
  Counting& operator++() {
    cursor_->advance();
    return *this;
  }
  Counting operator++(int) {
    auto before = *this;
    cursor_->advance();
    return before;
  }
  friend bool operator==(const Counting& a, const Counting& b) { return a.at_end() == b.at_end(); }
  friend bool operator!=(const Counting& a, const Counting& b) { return !(a == b); }

 private:
  bool at_end() const { return is_end_ || cursor_->next >= cursor_->text.size(); }
  Cursor* cursor_;
  bool is_end_;
};

struct Frame {
  std::shared_ptr<Raw> raw;
  std::string key;
  Position key_at;
  std::unordered_map<std::string, std::size_t> places;  ///< of the entries, by their keys
};

/// Builds the tree from the parser's events, and stops it at the bounds.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(Cursor& cursor, std::size_t& values) : cursor_(cursor), values_(values) {}

  RawPtr root() const { return root_; }
  const std::string& fault() const { return fault_; }

  bool null() override { return keep(make(Raw::Kind::kNull, word_start())); }
  bool boolean(bool value) override { return scalar(value ? "true" : "false", word_start()); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value), number_start()); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value), number_start()); }
  bool number_float(number_float_t, const string_t& text) override { return scalar(text, number_start()); }
  bool string(string_t& text) override {
    std::ranges::replace(text, kLineInString, '\n');
    return scalar(text, string_start());
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Raw::Kind::kMap); }
  bool start_array(std::size_t) override { return open(Raw::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    stack_.back().key = name;
    stack_.back().key_at = cursor_.position(string_start());
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) override {
    const std::string text = error.what();
    const auto words = text.find(": ");
    fault_ = printable(words == std::string::npos ? text : text.substr(words + 2));
    return false;
  }

 private:
  std::size_t word_start() const {
    auto at = cursor_.last();
    while (at > 0 && std::isalpha(static_cast<unsigned char>(cursor_.text[at - 1])) != 0) --at;
    return at;
  }

  /// The parser has looked at the byte behind a number.
  std::size_t number_start() const {
    auto at = cursor_.last();
    const std::string_view digits = "0123456789+-.eE";
    while (at > 0 && digits.find(cursor_.text[at - 1]) != std::string_view::npos) --at;
    return at;
  }

  /// The opening quote: the first one before the closing quote that is not escaped.
  std::size_t string_start() const {
    auto at = cursor_.last();
    while (at > 0) {
      if (cursor_.text[--at] != '"') continue;
      auto slashes = at;
      while (slashes > 0 && cursor_.text[slashes - 1] == '\\') --slashes;
      if ((at - slashes) % 2 == 0) break;
    }
    return at;
  }

  std::shared_ptr<Raw> make(Raw::Kind kind, std::size_t at) const {
    auto raw = std::make_shared<Raw>();
    raw->kind = kind;
    raw->at = cursor_.position(at);
    return raw;
  }

  bool scalar(std::string text, std::size_t at) {
    auto raw = make(Raw::Kind::kScalar, at);
    raw->text = std::move(text);
    return keep(std::move(raw));
  }

  bool open(Raw::Kind kind) {
    if (stack_.size() >= kDeepestNesting) {
      fault_ = "is nested more than " + std::to_string(kDeepestNesting) + " levels deep";
      return false;
    }
    stack_.push_back({make(kind, cursor_.last()), {}, {}, {}});
    return true;
  }

  bool close() {
    auto raw = std::move(stack_.back().raw);
    stack_.pop_back();
    return keep(std::move(raw));
  }

  bool keep(std::shared_ptr<Raw> raw) {
    if (++values_ > kMostValues) {
      fault_ = "holds more than " + std::to_string(kMostValues) + " values";
      return false;
    }
    if (stack_.empty())
      root_ = std::move(raw);
    else if (auto& frame = stack_.back(); frame.raw->is_list())
      frame.raw->items.push_back(std::move(raw));
    else
      put(frame, std::move(raw));
    return true;
  }

  /// Of a key that is there twice the last value counts, as in Azure's own tools.
  static void put(Frame& frame, RawPtr value) {
    auto& entries = frame.raw->entries;
    const auto [known, is_new] = frame.places.try_emplace(frame.key, entries.size());
    if (is_new) entries.emplace_back();
    entries[known->second] = {std::move(frame.key), frame.key_at, std::move(value)};
  }

  Cursor& cursor_;
  std::size_t& values_;
  RawPtr root_;
  std::vector<Frame> stack_;
  std::string fault_;
};

void report(const Cursor& cursor, const std::string& rule, std::vector<Finding>& findings) {
  const auto at = std::min(cursor.last(), cursor.text.empty() ? 0 : cursor.text.size() - 1);
  findings.push_back(
      {cursor.position(at).where(), "input", "", "", rule, "correct it there, or save the command's output again", ""});
}

/// Moves to the next document; false when there is none.
bool skip_blanks(Cursor& cursor) {
  while (cursor.next < cursor.text.size() && std::isspace(static_cast<unsigned char>(cursor.text[cursor.next])) != 0)
    cursor.advance();
  return cursor.next < cursor.text.size();
}

RawPtr read_one(Cursor& cursor, std::size_t& values, std::vector<Finding>& findings) {
  const char first = cursor.text[cursor.next];
  if (first != '{' && first != '[') {
    cursor.advance();
    report(cursor, "this is not JSON of az, of an ARM template or of Terraform", findings);
    return nullptr;
  }
  Builder builder(cursor, values);
  const bool is_read = nlohmann::json::sax_parse(Counting(&cursor, false), Counting(&cursor, true), &builder,
                                                 nlohmann::json::input_format_t::json, false);
  if (!is_read) report(cursor, "this JSON cannot be read: " + builder.fault(), findings);
  return is_read ? builder.root() : nullptr;
}

}  // namespace

std::vector<RawPtr> read_json(const Text& text, std::vector<Finding>& findings) {
  return read_json(text, {{0, text.content.size()}}, findings);
}

std::vector<RawPtr> read_json(const Text& text, const std::vector<Block>& blocks, std::vector<Finding>& findings) {
  Cursor cursor{{}, model::intern_file(text.file)};
  std::vector<RawPtr> documents;
  std::size_t values = 0;
  for (const auto& block : blocks) {
    cursor.text = std::string_view(text.content).substr(0, block.to);
    while (skip_blanks(cursor)) {
      auto document = read_one(cursor, values, findings);
      if (document == nullptr) break;
      documents.push_back(std::move(document));
    }
    while (cursor.next < block.to) cursor.advance();
  }
  return documents;
}

RawPtr make_text(const std::string& text, const Position& at) {
  auto raw = std::make_shared<Raw>();
  raw->kind = Raw::Kind::kScalar;
  raw->text = text;
  raw->at = at;
  return raw;
}

RawPtr placed(const Raw& raw, const Position& at) {
  auto out = std::make_shared<Raw>(raw);
  out->at = at;
  for (auto& item : out->items) item = placed(*item, at);
  for (auto& entry : out->entries) entry = {entry.key, at, placed(*entry.value, at)};
  return out;
}

const RawEntry* find_key(const Raw& map, std::string_view name) {
  for (const auto& entry : map.entries)
    if (same_word(entry.key, name)) return &entry;
  return nullptr;
}

}  // namespace xconn::importing
