// SPDX-License-Identifier: Apache-2.0
// vtysh complains of each router without a configuration of its own in /etc/frr, where the host keeps that of its own
// routing. The world has another /etc/frr, with one for each of its routers.
#pragma once

#include <string>

namespace xconn::world {

/// In the world. Nothing where FRR is not installed.
void cover_frr_folder();

/// For a router of the world, which may join it at any time. `words`: what vtysh reads for it.
void quiet_vtysh(const std::string& node, const std::string& words = "");

}  // namespace xconn::world
