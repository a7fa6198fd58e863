// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Ends a tunnel, forwards, and reports to its controller.
void make_encryption_gateway(const Setting& setting, Fragment& fragment);

/// xconn-encryption as the controller, and "edge-configuration.txt": what the edge on-prem has to be configured with.
void make_encryption_controller(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
