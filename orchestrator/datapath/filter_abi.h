// SPDX-License-Identifier: Apache-2.0
/* What filter.bpf.c and filter.cc share. */
#pragma once

#include <linux/types.h>

#define FILTER_MATCHES 4

enum { FILTER_ANY_PAYLOAD, FILTER_ESP, FILTER_IKE };

struct filter_match {
  __u16 ethertype; /* host order, 0 any */
  __u16 port_low, port_high;
  __u8 protocol;
  __u8 payload;
};

struct filter_rule {
  __u64 loss; /* of 2^32 */
  __u64 seed;
  __u32 bigger_than; /* 0: any size */
  __u32 match_count; /* 0: every frame */
  struct filter_match matches[FILTER_MATCHES];
  __u64 drawn, matched, dropped, dropped_bytes;
};
