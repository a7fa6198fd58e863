// SPDX-License-Identifier: Apache-2.0
/* What vlan.bpf.c and vlan_portable.cc share. Tags in host order; id 0 is no tag. */
#pragma once

#include <linux/types.h>

struct vlan_tags {
  __u16 outer_type, outer;
  __u16 inner_type, inner;
};

struct vlan_arrival {
  __u32 trunk; /* class id of the trunk's filter */
  struct vlan_tags tags;
};

struct vlan_departure {
  __u32 trunk; /* interface index, in the same namespace */
  struct vlan_tags tags;
};
