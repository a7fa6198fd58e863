// SPDX-License-Identifier: Apache-2.0
// The words of a drill file that no topology has; model/words.hh has the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "drill/drill.hh"
#include "drill/mention.hh"
#include "model/words.hh"

namespace xconn::drill {

template <Named What>
struct Naming;      ///< a std::string that names something
struct Title;       ///< of a drill, a flow, a fault: a std::string that becomes part of files' names
struct Filter;      ///< pcap's, a std::string
struct FilledLine;  ///< a std::string
struct Interval;    ///< of a flow's probes, a Duration
struct Lasting;     ///< of a fault, a Duration
struct Count;       ///< of probes
struct Packets;     ///< some -> true
struct Moment;      ///< "before", "after", or a time since the drill began

struct When {
  std::string word = "after";
  std::optional<Duration> at;
};

const model::WordInfo& info_of(Named what);
bool fits(Named what, std::string_view text);
/// What a key of this word names; nullopt when it names nothing.
std::optional<Named> named_by(const model::WordInfo* word);

}  // namespace xconn::drill

namespace xconn::model {

template <drill::Named What>
struct Word<drill::Naming<What>> {
  using Value = std::string;
  static std::optional<Value> parse(std::string_view text) {
    return drill::fits(What, text) ? std::optional(std::string(text)) : std::nullopt;
  }
  static const WordInfo& info() { return drill::info_of(What); }
  static std::string show(const Value& value) { return value; }
};

XCONN_WORD(drill::Title, std::string);
XCONN_WORD(drill::Filter, std::string);
XCONN_WORD(drill::FilledLine, std::string);
XCONN_WORD(drill::Interval, Duration);
XCONN_WORD(drill::Lasting, Duration);
XCONN_WORD(drill::Count, std::uint64_t);
XCONN_WORD(drill::Packets, bool);
XCONN_WORD(drill::Moment, drill::When);

}  // namespace xconn::model
