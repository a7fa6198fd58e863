// SPDX-License-Identifier: Apache-2.0
// The tables of a drill file's keys: reading, the JSON schema and docs/drill-keys.md follow from them, as a topology's
// do from its own (model/keys.hh).
#pragma once

#include "drill/drill.hh"
#include "drill/words.hh"
#include "model/keys.hh"

namespace xconn::drill {

struct SteadyPath;  ///< an ExpectPath without `when`
struct Alive;       ///< an ExpectDead that is not
struct NoEvent;     ///< an ExpectEvent that does not happen

/// A step that breaks something: a variant for each kind of fault, with the parameters of its row in faults/kinds.cc.
const model::ObjectInfo& fault_step();

}  // namespace xconn::drill

namespace xconn::model {

#define XCONN_OBJECT(T) \
  template <>           \
  const ObjectInfo& object_info<T>()
XCONN_OBJECT(drill::Drill);
XCONN_OBJECT(drill::Flow);
XCONN_OBJECT(drill::Step);
XCONN_OBJECT(drill::Exec);
XCONN_OBJECT(drill::SteadyPath);
XCONN_OBJECT(drill::Expectation);
XCONN_OBJECT(drill::ExpectOutage);
XCONN_OBJECT(drill::ExpectDead);
XCONN_OBJECT(drill::Alive);
XCONN_OBJECT(drill::ExpectLost);
XCONN_OBJECT(drill::ExpectPath);
XCONN_OBJECT(drill::ExpectSymmetry);
XCONN_OBJECT(drill::ExpectEvent);
XCONN_OBJECT(drill::NoEvent);
XCONN_OBJECT(drill::ExpectCapture);
XCONN_OBJECT(drill::ExpectCounter);
#undef XCONN_OBJECT

template <>
struct NameOf<drill::Flow> {
  using As = drill::Title;
};

}  // namespace xconn::model
