// SPDX-License-Identifier: Apache-2.0
/* wire.hh: what leaves the spliced interface goes to the tap, what comes back from the tap leaves for good. The value
 * of `targets` is the interface to go to; the filter's class id says whose. */
#include <linux/errno.h>

#include "packet.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, __u32);
  __type(value, __u32);
} targets SEC(".maps");

/* A tap ends with its process, however that ends. What follows then, the daemons' goodbyes, goes as on a plain cable:
 * a TCP connection that cannot say goodbye would keep its namespace for a minute and more. */
static __always_inline int is_there(struct __sk_buff* skb, __u32 interface) {
  __u32 mtu = 0;
  return bpf_check_mtu(skb, interface, &mtu, 0, 0) != -ENODEV;
}

SEC("tc") int wire_out(struct __sk_buff* skb) {
  __u32 id = skb->tc_classid;
  __u32* tap = bpf_map_lookup_elem(&targets, &id);
  if (skb->mark == WIRE_MARK) {
    skb->mark = 0;
    return TC_ACT_UNSPEC;
  }
  return tap && is_there(skb, *tap) ? bpf_redirect(*tap, 0) : TC_ACT_UNSPEC;
}

SEC("tc") int wire_back(struct __sk_buff* skb) {
  __u32 id = skb->tc_classid;
  __u32* interface = bpf_map_lookup_elem(&targets, &id);
  if (!interface) return TC_ACT_SHOT;
  skb->mark = WIRE_MARK;
  return bpf_redirect(*interface, 0);
}

char kLicense[] SEC("license") = "Dual MIT/GPL";
