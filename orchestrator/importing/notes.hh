// What an import could not carry over, and what it assumed: one note for each thing, with its place in the input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hh"
#include "importing/import.hh"
#include "model/raw.hh"

namespace xconn::importing {

class Notes {
 public:
  static constexpr std::size_t kKept = 10'000;

  void add(Note note);
  /// At `raw`, with its text as the value.
  void at(const model::Raw& raw, std::string object, std::string field, std::string reason, std::string instead);
  /// In the order of the files and of their lines.
  std::vector<Note> take();

 private:
  std::vector<Note> kept_;
  std::size_t dropped_ = 0;
};

/// Whether somebody blanked this value before handing the file on: "<redacted>", "XXXX", "10.X.X.0/24", "****".
bool is_placeholder(const std::string& text);

/// Whether this is the name of a key or a password: what it says is never shown.
bool is_secret(std::string_view key);

/// One printable line, shortened.
std::string printable(const std::string& text);

}  // namespace xconn::importing
