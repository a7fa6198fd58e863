// SPDX-License-Identifier: Apache-2.0
#include "nodes/router/router.hh"

#include "nodes/routing/routing.hh"

namespace xconn::nodes {

void make_router(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_routing(setting, fragment);
}

}  // namespace xconn::nodes
