// SPDX-License-Identifier: Apache-2.0
/* retag.hh: the outer tag on the wire is another than the node's. The filter's class id says which rule. */
#include "packet.h"
#include "retag_abi.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, __u32);
  __type(value, struct retag_rule);
} rules SEC(".maps");

/* The priority bits stay. */
static __always_inline int become(struct __sk_buff* skb, __u16 type, __u16 id) {
  __u16 tci = (skb->vlan_tci & 0xf000) | id;
  if (bpf_skb_vlan_pop(skb) || bpf_skb_vlan_push(skb, bpf_htons(type), tci)) return TC_ACT_SHOT;
  return TC_ACT_UNSPEC;
}

static __always_inline int has(struct __sk_buff* skb, __u16 type, __u16 id) {
  return bpf_ntohs(skb->vlan_proto) == type && (skb->vlan_tci & 0xfff) == id;
}

static __always_inline struct retag_rule* rule_of(struct __sk_buff* skb) {
  __u32 id = skb->tc_classid;
  return skb->vlan_present ? bpf_map_lookup_elem(&rules, &id) : 0;
}

SEC("tc") int departs(struct __sk_buff* skb) {
  struct retag_rule* rule = rule_of(skb);
  if (!rule || !has(skb, rule->own_type, rule->own)) return TC_ACT_UNSPEC;
  return become(skb, rule->wire_type, rule->wire);
}

/* What comes with the node's old tag is nobody's now. */
SEC("tc") int arrives(struct __sk_buff* skb) {
  struct retag_rule* rule = rule_of(skb);
  if (!rule) return TC_ACT_UNSPEC;
  if (has(skb, rule->own_type, rule->own)) return TC_ACT_SHOT;
  if (has(skb, rule->wire_type, rule->wire)) return become(skb, rule->own_type, rule->own);
  return TC_ACT_UNSPEC;
}

char kLicense[] SEC("license") = "Dual MIT/GPL";
