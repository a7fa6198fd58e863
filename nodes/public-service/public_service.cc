// SPDX-License-Identifier: Apache-2.0
#include "nodes/public-service/public_service.hh"

#include "nodes/host/host.hh"
#include "nodes/routing/routing.hh"

namespace xconn::nodes {

void make_public_service(const Setting& setting, Fragment& fragment) {
  make_host(setting, fragment);
  add_routing(setting, fragment);
}

}  // namespace xconn::nodes
