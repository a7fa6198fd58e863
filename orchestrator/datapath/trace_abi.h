// SPDX-License-Identifier: Apache-2.0
/* What trace.bpf.c and trace.cc share. Addresses in network order (IPv4 in the first word), all else in host order. */
#pragma once

#include <linux/types.h>

#define TRACE_MAGIC 0x58434e31
#define TRACE_BARE_SEGMENT (1ULL << 32) /* in a record's sequence */

struct trace_tuple {
  __u32 source[4], destination[4];
  __u16 source_port, destination_port; /* 0: any, of the client's */
  __u8 protocol, version, padding[2];
};

struct trace_flow {
  __u64 mask;
  __u32 id;
  __u16 server_port,
      translated_port; /* where it is sent to, and where it arrives when something on the way changes that */
  __u8 direction, padding[7];
};

struct trace_record {
  __u64 sequence, at;
  __u32 flow, point; /* point: the filter's class id */
  __u8 direction, padding[7];
};

struct trace_counter {
  __u32 flow, point;
  __u32 direction;
};

struct trace_count {
  __u64 packets, last_at;
};
