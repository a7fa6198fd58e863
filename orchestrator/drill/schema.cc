// SPDX-License-Identifier: Apache-2.0
#include "drill/schema.hh"

#include "drill/keys.hh"
#include "model/schema.hh"

namespace xconn::drill {
namespace {

constexpr const char* kIntroduction = R"(# Drill reference

Generated from the tables that the reader uses (`orchestrator/drill/keys*.cc`, and `orchestrator/faults/kinds.cc` for the
parameters of faults); do not edit. [Drill files](drills.md) says how a drill runs and is judged. `xconn validate` checks a
drill against these tables, and what it names against its topology; `xconn schema drill` prints them as a JSON schema, for
editors.

- Times are since the drill began.
- YAML anchors, aliases and merge keys (`<<: *name`) work. Keys that begin with `x-` are ignored; use them to hold YAML anchors.
- A map from names to objects may also be written as a list of objects that carry `name:`.
- Where a list is expected, one item may stand alone.
)";

}  // namespace

std::string json_schema() { return model::json_schema_of(model::object_info<Drill>(), "Crossconnect drill"); }

std::string reference_markdown() { return kIntroduction + model::tables_of(model::object_info<Drill>()); }

}  // namespace xconn::drill
