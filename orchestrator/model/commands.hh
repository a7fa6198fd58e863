// SPDX-License-Identifier: Apache-2.0
// The verbs that change objects as Azure's own do, and what each edits in a document: "connection delete er1-hub",
// "peering update er1 private md5=abc". Whether Azure lets it happen is said by azure/life.hh.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/errors.hh"
#include "model/document.hh"
#include "model/findings.hh"
#include "model/objects.hh"

namespace xconn::model {

enum class Actor { kCustomer, kProvider };

struct Command;

/// What a verb does to the object at `path`.
struct Verb {
  std::string_view kind;  ///< of object; empty: every one
  std::string_view word, help;
  void (*edit)(Document& document, const KeyPath& path, const Command& command);
  bool takes_values = false;
  Actor by = Actor::kCustomer;
};

struct Command {
  const ObjectKind* kind = nullptr;
  const Verb* verb = nullptr;
  std::vector<std::string> names;   ///< as many as the kind wants
  std::vector<std::string> values;  ///< "KEY=VALUE", "KEY=" removes the key
  Where where = {};                 ///< in the file that has it

  KeyPath path() const { return kind->path(names); }
};

/// "connection delete er1-hub"; what is secret in it is not shown.
std::string to_string(const Command& command);

/// The verbs of a kind of object, each once.
std::vector<const Verb*> verbs_of(const ObjectKind& kind);

/// KIND VERB NAME... [KEY=VALUE]...; the Fault of words that are none.
std::variant<Command, Fault> parse_command(const std::vector<std::string>& words);

/// Throws NotFoundError when the object is not there, Error when it is there already.
void edit(Document& document, const Command& command);

/// Throws NotFoundError.
void demand_there(const Document& document, const KeyPath& path);

}  // namespace xconn::model
