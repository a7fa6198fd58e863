// SPDX-License-Identifier: Apache-2.0
/* What retag.bpf.c and retag.cc share. Tags in host order. */
#pragma once

#include <linux/types.h>

struct retag_rule {
  __u16 own, own_type;   /* what the node puts on and takes off */
  __u16 wire, wire_type; /* what is on the wire instead */
};
