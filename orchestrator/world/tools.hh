// SPDX-License-Identifier: Apache-2.0
// Daemons' own tools that AppArmor confines by their path, under a path that no profile knows: below `xconn shell` they
// must read the run folder too, and no parent of theirs is ours to ask for it (sys/apparmor.hh).
#pragma once

namespace xconn::world {

/// In the world, once /run is its own: binds them into a folder there. Nothing where there is no AppArmor.
void offer_tools();

/// In a command that has entered the world: searched before everything else in PATH.
void put_tools_first();

}  // namespace xconn::world
