// SPDX-License-Identifier: Apache-2.0
// What Azure's files say of a tunnel: its policy, its key, and how long its peer may be silent.
#pragma once

#include "importing/objects/draft.hh"

namespace xconn::importing {

/// Of a connection of a VPN gateway, or of a link of a Virtual WAN hub's. The key is made when it has an end on-prem.
void read_ike(model::Connection& connection, Fields& fields, Draft& draft);

}  // namespace xconn::importing
