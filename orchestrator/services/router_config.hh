// SPDX-License-Identifier: Apache-2.0
// What FRR of a node is to run: what the plan says, and what faults make of it while they are in force.
#pragma once

#include <map>

#include "frr/router.hh"
#include "plan/plan.hh"

namespace xconn::services {

class RouterConfig {
 public:
  explicit RouterConfig(const plan::Node& node);

  const frr::Router& wanted() const { return wanted_; }
  void plan(const plan::Node& node);
  /// On top of the plan and of the edits of lower numbers, until undo() of its own.
  void edit(int number, network::SpeakerEdit edit);
  void undo(int number);

 private:
  void compute();

  frr::Router planned_, wanted_;
  std::map<int, network::SpeakerEdit> edits_;
};

}  // namespace xconn::services
