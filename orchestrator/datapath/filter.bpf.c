// SPDX-License-Identifier: Apache-2.0
/* One rule of filter.hh. The filter's class id says which. */
#include <linux/tcp.h>
#include <linux/udp.h>

#include "filter_abi.h"
#include "packet.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, __u32);
  __type(value, struct filter_rule);
} rules SEC(".maps");

/* RFC 3948: the first four bytes after UDP are zero for IKE, an SPI for ESP; a keepalive is a single byte. */
static __always_inline int has_payload(struct __sk_buff* skb, const struct packet* p, __u8 wanted) {
  __u32 marker;
  if (wanted == FILTER_ANY_PAYLOAD) return 1;
  if (bpf_skb_load_bytes(skb, p->l4 + sizeof(struct udphdr), &marker, sizeof(marker))) return 0;
  return (wanted == FILTER_ESP) == (marker != 0);
}

static __always_inline int in_range(const struct filter_match* m, __u16 port) {
  return port >= m->port_low && port <= m->port_high;
}

static __always_inline int matches(struct __sk_buff* skb, const struct packet* p, const struct filter_match* m) {
  if (m->ethertype && m->ethertype != p->ethertype) return 0;
  if (m->protocol && m->protocol != p->protocol) return 0;
  if (m->port_high && !in_range(m, p->source_port) && !in_range(m, p->destination_port)) return 0;
  return has_payload(skb, p, m->payload);
}

static __always_inline int matches_any(struct __sk_buff* skb, const struct packet* p, const struct filter_rule* rule) {
  if (rule->match_count == 0) return 1;
  for (__u32 i = 0; i < FILTER_MATCHES; i++) {
    if (i >= rule->match_count) break;
    if (matches(skb, p, &rule->matches[i])) return 1;
  }
  return 0;
}

/* An offloaded packet is many on the wire: each as big as one segment. */
static __always_inline __u32 wire_size(struct __sk_buff* skb, const struct packet* p) {
  __u32 transport = sizeof(struct udphdr);
  __u8 offset;
  if (skb->gso_size == 0) return p->l3_length;
  if (p->protocol == IPPROTO_TCP) {
    if (bpf_skb_load_bytes(skb, p->l4 + 12, &offset, 1)) return p->l3_length;
    transport = (offset >> 4) * 4;
  }
  return p->l4 - p->l3 + transport + skb->gso_size;
}

/* splitmix64 (Steele, Lea, Flood 2014) of a counter, so that a seed gives one sequence on any number of processors. */
static __always_inline __u64 random_of(__u64 seed, __u64 index) {
  __u64 z = seed + (index + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

static __always_inline int judge(struct __sk_buff* skb, int bare) {
  __u32 id = skb->tc_classid;
  struct filter_rule* rule = bpf_map_lookup_elem(&rules, &id);
  struct packet p;
  if (!rule) return TC_ACT_UNSPEC;
  if ((bare ? read_bare(skb, &p) : read_ethernet(skb, &p)) && rule->match_count) return TC_ACT_UNSPEC;
  if (!matches_any(skb, &p, rule)) return TC_ACT_UNSPEC;
  if (rule->bigger_than && wire_size(skb, &p) <= rule->bigger_than) return TC_ACT_UNSPEC;
  __u64 segments = skb->gso_segs > 1 ? skb->gso_segs : 1;
  __sync_fetch_and_add(&rule->matched, segments);
  if ((random_of(rule->seed, __sync_fetch_and_add(&rule->drawn, 1)) >> 32) >= rule->loss) return TC_ACT_UNSPEC;
  __sync_fetch_and_add(&rule->dropped, segments);
  __sync_fetch_and_add(&rule->dropped_bytes, skb->len);
  return TC_ACT_SHOT;
}

SEC("tc") int filter_ethernet(struct __sk_buff* skb) { return judge(skb, 0); }
SEC("tc") int filter_bare(struct __sk_buff* skb) { return judge(skb, 1); }

char kLicense[] SEC("license") = "Dual MIT/GPL";
