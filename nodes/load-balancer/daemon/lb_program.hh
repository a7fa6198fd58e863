// SPDX-License-Identifier: Apache-2.0
// The compiled eBPF program, as the build made it.
#pragma once

// The skeleton uses the types of the ABI.
// clang-format off
#include "nodes/load-balancer/daemon/lb_abi.h"
#include "lb.skel.h"
// clang-format on
