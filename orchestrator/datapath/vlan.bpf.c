// SPDX-License-Identifier: Apache-2.0
/* The portable driver of vlan.hh. Interface indexes are per namespace, one copy of the programs serves all of them, so
 * the keys are the filters' class ids. */
#include "packet.h"
#include "vlan_abi.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, struct vlan_arrival);
  __type(value, __u32); /* interface index of the hidden port */
} arrivals SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, __u32);
  __type(value, struct vlan_departure);
} departures SEC(".maps");

/* Arrival at the hidden port: the node sends by the sub-interface. The inner tag first, so that the outer is outermost;
 * a tag that the frame already has (a bridged one) ends up innermost. */
SEC("tc") int port(struct __sk_buff* skb) {
  __u32 id = skb->tc_classid;
  struct vlan_departure* found = bpf_map_lookup_elem(&departures, &id);
  if (!found) return TC_ACT_SHOT;
  struct vlan_departure d = *found;
  if (d.tags.inner && bpf_skb_vlan_push(skb, bpf_htons(d.tags.inner_type), d.tags.inner)) return TC_ACT_SHOT;
  if (bpf_skb_vlan_push(skb, bpf_htons(d.tags.outer_type), d.tags.outer)) return TC_ACT_SHOT;
  return bpf_redirect(d.trunk, 0);
}

/* The kernel has put the outer tag into the metadata; the inner one, if any, is what follows the addresses. */
static __always_inline void read_tags(struct __sk_buff* skb, struct vlan_tags* tags) {
  struct {
    __be16 type, tci;
  } inner;
  tags->outer_type = bpf_ntohs(skb->vlan_proto);
  tags->outer = skb->vlan_tci & 0xfff;
  if (bpf_skb_load_bytes(skb, 12, &inner, sizeof(inner)) || !is_tag(bpf_ntohs(inner.type))) return;
  tags->inner_type = bpf_ntohs(inner.type);
  tags->inner = bpf_ntohs(inner.tci) & 0xfff;
}

/* Arrival at the trunk. An exact match of both tags wins; else a sub-interface of the outer tag alone takes the frame
 * with its inner tag on. What nobody takes is the trunk's own, whose stack drops unknown tags. */
SEC("tc") int trunk(struct __sk_buff* skb) {
  struct vlan_arrival key = {};
  if (!skb->vlan_present) return TC_ACT_UNSPEC;
  key.trunk = skb->tc_classid;
  read_tags(skb, &key.tags);
  int stacked = key.tags.inner != 0;
  __u32* found = bpf_map_lookup_elem(&arrivals, &key);
  if (!found && stacked) {
    stacked = 0;
    key.tags.inner = key.tags.inner_type = 0;
    found = bpf_map_lookup_elem(&arrivals, &key);
  }
  if (!found) return TC_ACT_UNSPEC;
  __u32 target = *found;
  if (bpf_skb_vlan_pop(skb)) return TC_ACT_SHOT;
  if (stacked && bpf_skb_vlan_pop(skb)) return TC_ACT_SHOT;
  return bpf_redirect(target, 0);
}

char kLicense[] SEC("license") = "Dual MIT/GPL";
