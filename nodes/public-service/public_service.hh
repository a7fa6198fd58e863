// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Answers as a host does, and announces its prefix to Microsoft's edge.
void make_public_service(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
