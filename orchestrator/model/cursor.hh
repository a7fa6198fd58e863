// SPDX-License-Identifier: Apache-2.0
// Where reading stands: a piece of Raw and the way that led to it. Cursors live on the stack of the reading functions
// and cost nothing until something is wrong.
#pragma once

#include <string>
#include <string_view>

#include "model/findings.hh"
#include "model/raw.hh"

namespace xconn::model {

class Cursor {
 public:
  Cursor(const Raw& raw, Findings& findings) : findings_(findings), raw_(raw), at_(raw.at) {}

  const Raw& raw() const { return raw_; }
  const Position& at() const { return at_; }  ///< of the key, for the value of a key
  Findings& findings() const { return findings_; }
  std::string_view key() const { return key_; }

  Cursor entry(const RawEntry& entry, bool secret = false) const {
    return {*entry.value, entry.at, this, entry.key, -1, secret || secret_};
  }
  Cursor item(std::size_t index) const {
    const auto& item = *raw_.items[index];
    return {item, item.at, this, {}, static_cast<int>(index), secret_};
  }
  Path path() const;
  bool is_secret() const { return secret_; }

  /// The value is wrong. A secret is not repeated.
  void fault(std::string rule, std::string remedy = {}, std::string code = {}) const;
  /// The key itself is wrong, or one is missing below it.
  void fault_at_key(std::string_view below, std::string rule, std::string remedy = {}) const;
  /// Another kind of YAML stands here than `expected` ("a list").
  void fault_kind(std::string_view expected, std::string_view remedy = {}) const;

 private:
  Cursor(const Raw& raw, const Position& at, const Cursor* parent, std::string_view key, int index, bool secret)
      : findings_(parent->findings_), raw_(raw), at_(at), parent_(parent), key_(key), index_(index), secret_(secret) {}

  Findings& findings_;
  const Raw& raw_;
  Position at_;
  const Cursor* parent_ = nullptr;
  std::string_view key_;
  int index_ = -1;
  bool secret_ = false;
};

}  // namespace xconn::model
