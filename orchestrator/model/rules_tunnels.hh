// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace xconn::model {
class Check;
}

namespace xconn::model::edge {

void tunnel_peers(Check&);
void connection_devices(Check&);
void internet_addresses(Check&);
void tunnel_proposals(Check&);

}  // namespace xconn::model::edge
