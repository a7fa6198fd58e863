// SPDX-License-Identifier: Apache-2.0
/* What the eBPF program and the daemon share. Addresses and ports are in network order. */
#ifndef XCONN_LB_ABI_H
#define XCONN_LB_ABI_H

#include <linux/types.h>

#define LB_MAX_BACKENDS 32
#define LB_MAX_RULES 32
#define LB_MAX_FLOWS 65536

/* Of both directions of a flow: the lower address and its port come first. */
struct lb_flow_key {
  __u32 source, destination;
  __u16 source_port, destination_port; /* both are the identifier of an ICMP echo; 0 where there are none */
  __u8 protocol;
  __u8 zero[3];
};

/* Where a TCP connection stood when a segment with ACK came, before any translation: what both sides would take next.
   The numbers are in the host's order. All 0: none has come. */
struct lb_segment {
  __u32 source, destination;
  __u16 source_port, destination_port;
  __u32 next_sequence, acknowledged;
};

struct lb_flow {
  __u64 seen; /* CLOCK_MONOTONIC, ns */
  __u32 backend;
  __u32 closing; /* a FIN or RST went by */
  struct lb_segment last;
  __u32 zero;
};

struct lb_fragment_key {
  __u32 source, destination;
  __u16 identification;
  __u8 protocol;
  __u8 zero;
};

struct lb_backend {
  __u32 interface;
  __u32 address;
  __u8 far_mac[6], near_mac[6];
};

struct lb_counters {
  __u64 packets, bytes, new_flows, repinned;
};

struct lb_rule {
  __u16 port, backend_port;
  __u8 protocol;
  __u8 translated; /* without floating IP: the packet gets the backend's address and port, its answer the frontend's */
};

/* A translated flow, as its answers are. */
struct lb_answer_key {
  __u32 backend, client;
  __u16 backend_port, client_port;
  __u8 protocol;
  __u8 zero[3];
};

/* Everything the daemon tells the program; it may change at any time. */
struct lb_control {
  __u32 healthy; /* bit n: backend n takes new flows; one word, so that a change is seen at once and whole */
  __u32 seed;
  __u64 idle_timeout; /* ns */
  __u32 frontend;
  __u8 transit;     /* HA ports: balance what goes to other addresses than the frontend */
  __u8 to_frontend; /* HA ports with floating IP: TCP and UDP to the frontend as well */
  __u8 drop_rest;   /* nobody else on this interface wants what is not balanced */
  __u8 rule_count;
  struct lb_rule rules[LB_MAX_RULES]; /* TCP or UDP to the frontend at these ports */
  struct lb_backend backends[LB_MAX_BACKENDS];
};

struct lb_drops {
  __u64 no_backend, unmatched;
};

#endif
