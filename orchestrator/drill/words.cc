// SPDX-License-Identifier: Apache-2.0
#include "drill/words.hh"

#include <algorithm>
#include <limits>

#include "base/address.hh"
#include "base/text.hh"
#include "faults/values.hh"
#include "probes/capture.hh"

namespace xconn::drill {
namespace {

using model::WordInfo;

// Texts are printed, and never longer than a line.
constexpr const char* kFilledLine =
    R"("type": ["string", "number", "boolean"], "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]+$", "maxLength": 200)";
constexpr const char* kEnd = R"("type": "string", "pattern": "^[^:]+:[^:]+$")";

const WordInfo kNamed[] = {
    // by Named
    {"node", "it is a node of the topology", "", kFilledLine},
    {"NODE:INTERFACE", "an end of a link is NODE:INTERFACE", "write it as router:eth0", kEnd},
    {"NODE, NODE:INTERFACE or address", "it is a node, NODE:INTERFACE, or an address of a node", "", kFilledLine},
    {"NODE, NODE:INTERFACE or address", "it is a node, NODE:INTERFACE, or an address that leads to one", "",
     kFilledLine},
    {"target of the kind", "it is what the kind of fault is done to", "`xconn fault kinds` says what that is",
     kFilledLine},
    {"source of events", "it is a source of events, as bfd or fib", "", kFilledLine},
    {"flow", "it is a flow of this drill", "", kFilledLine},
};

bool is_end(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size();
}

/// Letters, digits, '-', '_', and inside '.' and blanks.
bool is_title(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '.' || c == ' '; }, '-');
  return is_object_name(text);
}

}  // namespace

const WordInfo& info_of(Named what) { return kNamed[static_cast<std::size_t>(what)]; }

bool fits(Named what, std::string_view text) {
  return model::Word<FilledLine>::parse(text).has_value() && (what != Named::kEnd || is_end(text));
}

std::optional<Named> named_by(const WordInfo* word) {
  const auto row = std::ranges::find_if(kNamed, [&](const WordInfo& each) { return &each == word; });
  if (row == std::end(kNamed)) return std::nullopt;
  return static_cast<Named>(row - std::begin(kNamed));
}

}  // namespace xconn::drill

namespace xconn::model {
namespace {

template <class Value>
std::optional<Value> only_if(bool fits, Value value) {
  return fits ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace

XCONN_INFO(drill::Title,
           {"name", "a name is at most 63 letters, digits, '-', '_', '.' and blanks, and begins with a letter or digit",
            "", R"("type": ["string", "number", "boolean"], "pattern": "^[A-Za-z0-9][A-Za-z0-9_. -]{0,62}$")"})
std::optional<std::string> Word<drill::Title>::parse(std::string_view text) {
  return only_if(drill::is_title(std::string(text)), std::string(text));
}
std::string Word<drill::Title>::show(const std::string& value) { return value; }

// A filter may be longer than a line.
XCONN_INFO(drill::Filter,
           {"pcap filter", "it is a filter of pcap, as `udp port 4500`", "", Word<Message>::info().schema,
            [](std::string_view text) { return probes::filter_fault(std::string(text)); }})
std::optional<std::string> Word<drill::Filter>::parse(std::string_view text) {
  const auto lines = Word<Message>::parse(text);
  return lines && probes::filter_fault(*lines).empty() ? lines : std::nullopt;
}
std::string Word<drill::Filter>::show(const std::string& value) { return value; }

XCONN_INFO(drill::FilledLine, {"line", "it is one line of 1 to 200 characters, none of them a control",
                               "leave out line breaks and escape sequences", drill::kFilledLine})
std::optional<std::string> Word<drill::FilledLine>::parse(std::string_view text) {
  return text.empty() ? std::nullopt : Word<Line>::parse(text);
}
std::string Word<drill::FilledLine>::show(const std::string& value) { return value; }

XCONN_INFO(drill::Interval, {"duration", "an interval is a duration of 1ms or more", "write it as 5ms",
                             R"("type": "string", "pattern": "^[0-9.]+(ns|us|ms|s|m|h)$")"})
std::optional<Duration> Word<drill::Interval>::parse(std::string_view text) {
  const auto every = parse_duration(text);
  return every && *every >= std::chrono::milliseconds{1} ? every : std::nullopt;
}
std::string Word<drill::Interval>::show(const Duration& value) { return xconn::to_string(value); }

const WordInfo& Word<drill::Lasting>::info() {
  static const auto kInfo = [] {
    const auto& value = faults::info_of(faults::ValueKind::kLasting);
    return WordInfo{"duration", "it is " + std::string(value.form), "", std::string(value.schema)};
  }();
  return kInfo;
}
std::optional<Duration> Word<drill::Lasting>::parse(std::string_view text) {
  return faults::is_valid(faults::ValueKind::kLasting, text) ? parse_duration(text) : std::nullopt;
}
std::string Word<drill::Lasting>::show(const Duration& value) { return xconn::to_string(value); }

XCONN_INFO(drill::Count, {"number", "it is a whole number, 0 or more", "", R"("type": "integer", "minimum": 0)"})
std::optional<std::uint64_t> Word<drill::Count>::parse(std::string_view text) {
  const auto number = detail::parse_integer(text);
  return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}
std::string Word<drill::Count>::show(const std::uint64_t& value) { return std::to_string(value); }

XCONN_INFO(drill::Packets, {"none or some", "it is none or some", "", R"("enum": ["none", "some"])"})
std::optional<bool> Word<drill::Packets>::parse(std::string_view text) {
  return only_if(text == "none" || text == "some", text == "some");
}
std::string Word<drill::Packets>::show(const bool& some) { return some ? "some" : "none"; }

XCONN_INFO(drill::Moment,
           {"before, after or a time", "it is before, after, or a time", "write it as before, after or 12s",
            R"("anyOf": [{"enum": ["before", "after"]}, {)" + Word<Duration>::info().schema + "}]"})
std::optional<drill::When> Word<drill::Moment>::parse(std::string_view text) {
  if (text == "before" || text == "after") return drill::When{std::string(text), std::nullopt};
  const auto at = parse_duration(text);
  return only_if(at.has_value(), drill::When{std::string(text), at});
}
std::string Word<drill::Moment>::show(const drill::When& when) { return when.word; }

}  // namespace xconn::model
