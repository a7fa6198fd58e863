// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Writes the configuration of xconn-lb; expects the backends of the pair's master to be healthy.
void make_load_balancer(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
