// SPDX-License-Identifier: Apache-2.0
// From what people already have to a topology: JSON of `az network ... show/list`, ARM templates with their parameters,
// Terraform's plan and state. Pure: texts in, a topology's text and notes out. Nothing is written, started or sent.
//
// Readers of the kinds of input (az.cc, arm.cc, terraform.cc) bring everything into one form, a flat list of Azure
// resources with properties in ARM's own words and with their place in the input (resource.hh). One row per resource
// type (types.cc) turns a resource into objects of the topology. What Azure does not know, the customer's side, is made
// to match (on_prem.cc).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/errors.hh"

namespace xconn::importing {

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

struct Imported {
  std::string topology;  ///< YAML, the same for the same texts
  std::vector<Carried> carried;
  std::vector<Note> notes;
};

/// The largest file that is read; a larger one is refused.
constexpr std::size_t kLargestFile = 64 * 1024 * 1024;

/// All texts together become one topology called `name`. Throws TopologyError with every file that cannot be read, and
/// when there is nothing in them to make a topology of.
/// `region` is that of VNets for which no file says one.
Imported import_texts(const std::vector<Text>& texts, const std::string& name, const std::string& region = {});

}  // namespace xconn::importing
