// SPDX-License-Identifier: Apache-2.0
/* trace.hh: recognise the probes of known flows. The filter's class id says at which point. */
#include <stddef.h>

#include "packet.h"
#include "trace_abi.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct trace_tuple);
  __type(value, struct trace_flow);
} flows SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, struct trace_flow);
} flows_by_id SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, struct trace_counter);
  __type(value, struct trace_count);
} counts SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 21);
} records SEC(".maps");

__u64 lost = 0;

struct probe {
  __be32 magic, flow;
  __be64 sequence;
};

struct seen {
  struct trace_flow flow;
  __u64 sequence;
  int recorded; /* asked for by the flow's mask */
};

static __always_inline int read_tuple(struct __sk_buff* skb, const struct packet* p, struct trace_tuple* t) {
  __builtin_memset(t, 0, sizeof(*t));
  t->protocol = p->protocol;
  t->source_port = p->source_port;
  t->destination_port = p->destination_port;
  if (p->ethertype == ETH_P_IPV6) {
    t->version = 6;
    return bpf_skb_load_bytes(skb, p->l3 + offsetof(struct ipv6hdr, saddr), t->source, 16) ||
           bpf_skb_load_bytes(skb, p->l3 + offsetof(struct ipv6hdr, daddr), t->destination, 16);
  }
  t->version = 4;
  return bpf_skb_load_bytes(skb, p->l3 + offsetof(struct iphdr, saddr), t->source, 4) ||
         bpf_skb_load_bytes(skb, p->l3 + offsetof(struct iphdr, daddr), t->destination, 4);
}

/* With the client's port as it is, then as "any" on either side. */
static __always_inline struct trace_flow* find(struct trace_tuple* t) {
  struct trace_flow* flow = bpf_map_lookup_elem(&flows, t);
  __u16 port = t->source_port;
  if (flow) return flow;
  t->source_port = 0;
  flow = bpf_map_lookup_elem(&flows, t);
  t->source_port = port;
  if (flow) return flow;
  t->destination_port = 0;
  return bpf_map_lookup_elem(&flows, t);
}

static __always_inline int is_server(const struct trace_flow* flow, __u16 port) {
  return port == flow->server_port || port == flow->translated_port;
}

/* NAT changed the addresses: the probe names its flow, the server's port tells the direction. */
static __always_inline int find_by_id(const struct packet* p, __u32 id, struct trace_flow* out) {
  struct trace_flow* flow = bpf_map_lookup_elem(&flows_by_id, &id);
  if (!flow) return -1;
  *out = *flow;
  if (is_server(flow, p->destination_port))
    out->direction = 0;
  else if (is_server(flow, p->source_port))
    out->direction = 1;
  else
    return -1;
  return 0;
}

/* What begins with a probe's head: the payload of a datagram, of most segments. */
static __always_inline int see_head(struct __sk_buff* skb, const struct packet* p, __u32 at, struct trace_tuple* t,
                                    struct seen* s) {
  struct probe probe;
  if (bpf_skb_load_bytes(skb, at, &probe, sizeof(probe)) || probe.magic != bpf_htonl(TRACE_MAGIC)) return -1;
  struct trace_flow* flow = find(t);
  if (flow && flow->id == bpf_ntohl(probe.flow))
    s->flow = *flow;
  else if (find_by_id(p, bpf_ntohl(probe.flow), &s->flow))
    return -1;
  s->sequence = bpf_be64_to_cpu(probe.sequence);
  return 0;
}

static __always_inline int see_udp(struct __sk_buff* skb, const struct packet* p, struct trace_tuple* t,
                                   struct seen* s) {
  if (see_head(skb, p, p->l4 + 8, t, s)) return -1;
  s->recorded = (s->sequence & s->flow.mask) == 0;
  return 0;
}

/* A segment without a head is known by TCP's own number, which is 32 bits long and may change on the way. */
static __always_inline int see_tcp(struct __sk_buff* skb, const struct packet* p, struct trace_tuple* t,
                                   struct seen* s) {
  __be32 sequence;
  __u8 control[2]; /* the header's length, and the flags */
  if (bpf_skb_load_bytes(skb, p->l4 + 12, control, sizeof(control))) return -1;
  if (see_head(skb, p, p->l4 + (control[0] >> 4) * 4, t, s)) {
    struct trace_flow* flow = find(t);
    if (!flow || bpf_skb_load_bytes(skb, p->l4 + 4, &sequence, sizeof(sequence))) return -1;
    s->flow = *flow;
    s->sequence = TRACE_BARE_SEGMENT | bpf_ntohl(sequence);
  }
  s->recorded = s->flow.mask == 0 || (control[1] & 0x07); /* FIN, SYN, RST */
  return 0;
}

static __always_inline void count(const struct trace_record* record) {
  struct trace_counter key = {.flow = record->flow, .point = record->point, .direction = record->direction};
  struct trace_count none = {}, *value = bpf_map_lookup_elem(&counts, &key);
  if (!value) {
    bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
    value = bpf_map_lookup_elem(&counts, &key);
    if (!value) return;
  }
  __sync_fetch_and_add(&value->packets, 1);
  value->last_at = record->at;
}

static __always_inline int watch(struct __sk_buff* skb, int bare) {
  struct packet p;
  struct trace_tuple tuple;
  struct seen s = {};
  if (skb->mark == WIRE_MARK || (bare ? read_bare(skb, &p) : read_ethernet(skb, &p)) || !p.destination_port ||
      read_tuple(skb, &p, &tuple))
    return TC_ACT_UNSPEC;
  if (p.protocol == IPPROTO_UDP ? see_udp(skb, &p, &tuple, &s) : see_tcp(skb, &p, &tuple, &s)) return TC_ACT_UNSPEC;
  struct trace_record record = {.sequence = s.sequence,
                                .at = bpf_ktime_get_ns(),
                                .flow = s.flow.id,
                                .point = skb->tc_classid,
                                .direction = s.flow.direction};
  count(&record);
  if (s.recorded && bpf_ringbuf_output(&records, &record, sizeof(record), 0)) __sync_fetch_and_add(&lost, 1);
  return TC_ACT_UNSPEC;
}

SEC("tc") int trace_ethernet(struct __sk_buff* skb) { return watch(skb, 0); }
SEC("tc") int trace_bare(struct __sk_buff* skb) { return watch(skb, 1); }

char kLicense[] SEC("license") = "Dual MIT/GPL";
