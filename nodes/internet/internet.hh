// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Forwards between its links.
void make_internet(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
