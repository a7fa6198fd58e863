// SPDX-License-Identifier: Apache-2.0
// What is read, and what is said of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/errors.hh"

namespace xconn::importing {

/// The largest file that is read; a larger one is refused.
constexpr std::size_t kLargestFile = 64 * 1024 * 1024;

/// A file's name and what is in it.
struct Text {
  std::string file;
  std::string content;
};

/// What became of what a note is about.
enum class Outcome { kLeftOut, kAssumed, kMade };

/// Something that was not carried over as it stands.
struct Note {
  Where where;
  std::string object;                   ///< "circuit er1"
  std::string field;                    ///< as the input calls it: "peerASN"; empty when it is the object itself
  std::string value;                    ///< as written, shortened and printable; secrets are never put here
  std::string reason;                   ///< why not: "is larger than the largest AS number, 4294967295"
  std::string instead;                  ///< what was done: "the router has AS 65001"
  std::vector<std::string> names = {};  ///< of all that it is about, when those are several
  std::optional<Outcome> outcome = {};  ///< set once it is in the list
  friend bool operator==(const Note&, const Note&) = default;
};

/// file:line: object: field = value: reason; instead
std::string to_string(const Note& note);

/// The resources of one type that became something in the topology.
struct Carried {
  std::string what;  ///< "VNet"
  std::vector<std::string> names;
};

}  // namespace xconn::importing
