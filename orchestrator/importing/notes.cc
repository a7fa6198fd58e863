#include "importing/notes.hh"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

namespace xconn::importing {
namespace {

constexpr std::array<std::string_view, 8> kBlanks{"XXXX",        "REDACTED", "****", "X.X",
                                                  "PLACEHOLDER", "CHANGEME", "...",  "SANITIZED"};

constexpr std::array<std::string_view, 9> kSecrets{"SHAREDKEY",         "SHARED_KEY",  "AUTHORIZATIONKEY",
                                                   "AUTHORIZATION_KEY", "PASSWORD",    "PSK",
                                                   "CUSTOMDATA",        "CUSTOM_DATA", "SECRET"};

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

void Notes::add(Note note) {
  if (kept_.size() >= kKept) {
    ++dropped_;
    return;
  }
  note.object = printable(note.object);
  note.field = printable(note.field);
  note.value = is_secret(note.field) ? std::string{} : printable(note.value);
  kept_.push_back(std::move(note));
}

void Notes::at(const model::Raw& raw, std::string object, std::string field, std::string reason, std::string instead) {
  add({raw.at.where(), std::move(object), std::move(field), raw.text, std::move(reason), std::move(instead)});
}

std::vector<Note> Notes::take() {
  std::ranges::stable_sort(kept_, {}, [](const Note& note) { return std::tie(note.where.file, note.where.line); });
  if (dropped_ > 0)
    kept_.push_back({{}, "import", "", "", "has " + std::to_string(dropped_) + " notes more", "they are not listed"});
  return std::move(kept_);
}

bool is_placeholder(const std::string& text) {
  if (text.size() > 1 && text.front() == '<' && text.back() == '>') return true;
  const auto shouted = upper(text);
  return std::ranges::any_of(kBlanks, [&](auto blank) { return shouted.find(blank) != std::string::npos; });
}

bool is_secret(std::string_view key) {
  const auto shouted = upper(std::string(key));
  return std::ranges::any_of(kSecrets, [&](auto word) { return shouted.find(word) != std::string::npos; });
}

std::string printable(const std::string& text) {
  constexpr std::size_t kLongest = 120;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < ' ' || byte == 0x7f ? '?' : c;
  }
  while (text.size() > kLongest && !out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80)
    out.pop_back();  // no half of a UTF-8 sequence at the cut
  return text.size() > kLongest ? out + "..." : out;
}

std::string to_string(const Note& note) {
  auto text = note.where.file.empty() ? std::string{} : note.where.file + ":" + std::to_string(note.where.line) + ": ";
  text += note.object;
  if (!note.field.empty()) text += ": " + note.field;
  if (!note.value.empty()) text += " = " + note.value;
  text += ": " + note.reason;
  if (!note.instead.empty()) text += "; " + note.instead;
  return text;
}

}  // namespace xconn::importing
