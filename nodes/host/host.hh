// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Echo on TCP and UDP port 7, HTTP on port 80.
void make_host(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
