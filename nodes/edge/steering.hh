// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// The configuration of xconn-sdwan, and the service. On the active node, members with a health check are to be alive.
void add_steering(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
