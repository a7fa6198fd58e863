// SPDX-License-Identifier: Apache-2.0
#include "nodes/er-gateway/er_gateway.hh"

#include "nodes/routing/routing.hh"

namespace xconn::nodes {

void make_er_gateway(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_routing(setting, fragment);
}

}  // namespace xconn::nodes
