// The compiled eBPF program, as the build made it.
#pragma once

// clang-format off: the skeleton uses the types of the ABI
#include "lb.skel.h"
#include "nodes/load-balancer/daemon/lb_abi.h"
// clang-format on
