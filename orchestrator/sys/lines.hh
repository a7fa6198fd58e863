// SPDX-License-Identifier: Apache-2.0
// Cuts what arrives in pieces into lines. A byte is searched once and moved twice at most, however long a line is and
// however many there are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xconn::sys {

class Lines {
 public:
  void add(std::string_view bytes);
  /// The next whole line, without its '\n'.
  std::optional<std::string> next();
  std::size_t pending() const { return bytes_.size() - begin_; }  ///< bytes that were not handed out yet

 private:
  std::string bytes_;
  std::size_t begin_ = 0;     // of the next line
  std::size_t searched_ = 0;  // there is no '\n' from begin_ to here
};

}  // namespace xconn::sys
