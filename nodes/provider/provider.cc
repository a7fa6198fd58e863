// SPDX-License-Identifier: Apache-2.0
#include "nodes/provider/provider.hh"

namespace xconn::nodes {

void make_provider(const Setting&, Fragment&) {}

}  // namespace xconn::nodes
