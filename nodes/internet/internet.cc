// SPDX-License-Identifier: Apache-2.0
#include "nodes/internet/internet.hh"

namespace xconn::nodes {

void make_internet(const Setting&, Fragment& fragment) { forwards(fragment); }

}  // namespace xconn::nodes
