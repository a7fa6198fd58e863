// SPDX-License-Identifier: Apache-2.0
// The words of a YAML file before they mean anything: text, lists and maps with the place of each. Merge keys and
// aliases are resolved here, `extends` in extends.hh; after that nobody needs to know where a word came from, only
// where it stands.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hh"

namespace xconn::model {

/// `file` outlives every Raw (intern_file).
struct Position {
  const std::string* file = nullptr;
  int line = 0, column = 0;

  Where where() const { return {file == nullptr ? std::string{} : *file, line, column}; }
};

/// The one copy of a file's name, kept for the life of the process.
const std::string* intern_file(const std::string& name);

struct Raw;
using RawPtr = std::shared_ptr<const Raw>;

struct RawEntry {
  std::string key;
  Position at;   ///< of the key
  RawPtr value;  ///< never null
};

struct Raw {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  Position at;
  std::string text;               ///< kScalar
  std::vector<RawPtr> items;      ///< kList
  std::vector<RawEntry> entries;  ///< kMap: each key once, in the order of the file
  std::size_t size = 1;           ///< nodes below and with this one, aliases counted as often as they are used

  const RawEntry* find(std::string_view key) const;
  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
};

/// "a text", "a list", "a map", "nothing"
std::string_view name_of(Raw::Kind kind);

}  // namespace xconn::model
