// SPDX-License-Identifier: Apache-2.0
/* hide_hop.hh: gives back on arrival the hop that forwarding will take. */
#include <stddef.h>

#include "packet.h"

static __always_inline void lift_v4(struct __sk_buff* skb, __u32 l3) {
  __u8 before[2], after[2]; /* TTL and protocol share a 16-bit word of the checksum */
  __u32 ttl = l3 + offsetof(struct iphdr, ttl);
  if (bpf_skb_load_bytes(skb, ttl, before, sizeof(before)) || before[0] == 255) return;
  after[0] = before[0] + 1;
  after[1] = before[1];
  bpf_l3_csum_replace(skb, l3 + offsetof(struct iphdr, check), *(__u16*)before, *(__u16*)after, sizeof(__u16));
  bpf_skb_store_bytes(skb, ttl, after, 1, 0);
}

static __always_inline void lift_v6(struct __sk_buff* skb, __u32 l3) {
  __u8 limit;
  __u32 offset = l3 + offsetof(struct ipv6hdr, hop_limit);
  if (bpf_skb_load_bytes(skb, offset, &limit, 1) || limit == 255) return;
  limit++;
  bpf_skb_store_bytes(skb, offset, &limit, 1, BPF_F_RECOMPUTE_CSUM);
}

SEC("tc") int hide_hop(struct __sk_buff* skb) {
  struct packet p;
  if (read_ethernet(skb, &p)) return TC_ACT_UNSPEC;
  if (p.ethertype == ETH_P_IP) lift_v4(skb, p.l3);
  if (p.ethertype == ETH_P_IPV6) lift_v6(skb, p.l3);
  return TC_ACT_UNSPEC;
}

char kLicense[] SEC("license") = "Dual MIT/GPL";
