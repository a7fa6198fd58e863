// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "network/balancer.hh"

namespace xconn::network {

using ProbeEdit = std::function<void(Probe& probe)>;

}  // namespace xconn::network
