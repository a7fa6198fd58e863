// SPDX-License-Identifier: Apache-2.0
#include "nodes/msee/msee.hh"

#include "nodes/routing/routing.hh"

namespace xconn::nodes {

void make_msee(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_routing(setting, fragment);
}

}  // namespace xconn::nodes
