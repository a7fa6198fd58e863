// SPDX-License-Identifier: Apache-2.0
// A row of commands, worked out before the first is given. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/commands.hh"
#include "model/document.hh"
#include "plan/rehearsed.hh"

namespace xconn::nodes {

/// What each command makes of a lab that runs `running`, one after the other; what Azure refuses changes nothing.
/// Throws TopologyError, at the commands' places, with all that could be no command to Azure: of an object that is not
/// there, of a key that it does not have.
std::vector<plan::Rehearsed> rehearse(const model::Document& running, const std::vector<model::Command>& commands);

/// The same of a lab's own file, which is read only when there are commands.
std::vector<plan::Rehearsed> rehearse_file(const std::string& running, const std::vector<model::Command>& commands);

}  // namespace xconn::nodes
