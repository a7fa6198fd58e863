// SPDX-License-Identifier: Apache-2.0
// What arrived and was not taken yet. It remembers how far it was searched and takes from the front without moving the
// rest: the cost of an answer grows with its length, and no faster.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace xconn::services {

class Inbox {
 public:
  Inbox() = default;
  explicit Inbox(std::string bytes) : bytes_(std::move(bytes)) {}

  void append(std::string_view bytes) {
    if (begin_ > bytes_.size() / 2) forget_taken();
    bytes_.append(bytes);
  }
  std::string_view rest() const { return std::string_view(bytes_).substr(begin_); }
  std::size_t size() const { return bytes_.size() - begin_; }
  bool empty() const { return size() == 0; }

  /// Where the next `mark` stands in rest(). Ask for one mark only: what was searched is not searched for another.
  std::optional<std::size_t> find(char mark) {
    const auto found = bytes_.find(mark, std::max(searched_, begin_));
    searched_ = std::min(found, bytes_.size());
    if (found == std::string::npos) return std::nullopt;
    return found - begin_;
  }
  std::string take(std::size_t count) {
    std::string taken(rest().substr(0, count));
    drop(count);
    return taken;
  }
  void drop(std::size_t count) { begin_ += std::min(count, size()); }
  /// Without its '\n'; nullopt when there is no whole line.
  std::optional<std::string> take_line() {
    const auto end = find('\n');
    if (!end) return std::nullopt;
    auto line = take(*end);
    drop(1);
    return line;
  }

 private:
  void forget_taken() {
    bytes_.erase(0, begin_);
    searched_ -= std::min(searched_, begin_);
    begin_ = 0;
  }

  std::string bytes_;
  std::size_t begin_ = 0, searched_ = 0;
};

}  // namespace xconn::services
