// SPDX-License-Identifier: Apache-2.0
#include "sys/lines.hh"

namespace xconn::sys {

void Lines::add(std::string_view bytes) {
  if (begin_ > bytes_.size() / 2) {
    bytes_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }
  bytes_.append(bytes);
}

std::optional<std::string> Lines::next() {
  const auto end = bytes_.find('\n', searched_);
  searched_ = end == std::string::npos ? bytes_.size() : end + 1;
  if (end == std::string::npos) return std::nullopt;
  auto line = bytes_.substr(begin_, end - begin_);
  begin_ = end + 1;
  if (begin_ == bytes_.size()) *this = {};  // gives the memory of a long line back
  return line;
}

}  // namespace xconn::sys
