// SPDX-License-Identifier: Apache-2.0
#include "model/cursor.hh"

namespace xconn::model {

Path Cursor::path() const {
  if (parent_ == nullptr) return {};
  auto path = parent_->path();
  if (index_ >= 0)
    path.emplace_back(static_cast<std::size_t>(index_));
  else
    path.emplace_back(key_);
  return path;
}

void Cursor::fault(std::string rule, std::string remedy, std::string code) const {
  const auto value = secret_ || !raw_.is_scalar() ? std::string{} : raw_.text;
  findings_.add(raw_.at.where(), path(), {value, std::move(rule), std::move(remedy), std::move(code)});
}

void Cursor::fault_at_key(std::string_view below, std::string rule, std::string remedy) const {
  auto path = this->path();
  if (!below.empty()) path.emplace_back(below);
  findings_.add(at_.where(), path, {"", std::move(rule), std::move(remedy), ""});
}

void Cursor::fault_kind(std::string_view expected, std::string_view remedy) const {
  findings_.add(raw_.at.where(), path(),
                {"", "expected " + std::string(expected) + ", found " + std::string(name_of(raw_.kind)),
                 std::string(remedy), ""});
}

}  // namespace xconn::model
