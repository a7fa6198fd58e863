// SPDX-License-Identifier: Apache-2.0
/* Reading a frame in eBPF, shared by the programs: through at most three 802.1Q tags (one in the skb's metadata, two in
 * the data) to IPv4 or IPv6 and its ports. bpf_skb_load_bytes, as data may be in fragments. */
#pragma once

#include <linux/bpf.h>
// clang-format off: the next two need the types of the first
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
// clang-format on
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>

#define WIRE_MARK 0x58435752 /* "XCWR": the frame has been on the wire already */

struct packet {
  __u16 ethertype; /* host order, after all tags */
  __u8 protocol;   /* of IP, 0 when it is not IP */
  __u8 later_fragment;
  __u32 l3, l4;                        /* offsets from skb->data */
  __u32 l3_length;                     /* IP's own length, else what is left of the frame */
  __u16 source_port, destination_port; /* host order, 0 when there are none */
};

static __always_inline int is_tag(__u16 ethertype) { return ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD; }

static __always_inline void read_ports(struct __sk_buff* skb, struct packet* p) {
  __be16 ports[2];
  if (p->later_fragment || (p->protocol != IPPROTO_TCP && p->protocol != IPPROTO_UDP)) return;
  if (bpf_skb_load_bytes(skb, p->l4, ports, sizeof(ports))) return;
  p->source_port = bpf_ntohs(ports[0]);
  p->destination_port = bpf_ntohs(ports[1]);
}

static __always_inline int read_v4(struct __sk_buff* skb, struct packet* p) {
  struct iphdr ip;
  if (bpf_skb_load_bytes(skb, p->l3, &ip, sizeof(ip))) return -1;
  p->protocol = ip.protocol;
  p->later_fragment = (ip.frag_off & bpf_htons(0x1fff)) != 0;
  p->l4 = p->l3 + ip.ihl * 4;
  if (ip.tot_len) p->l3_length = bpf_ntohs(ip.tot_len);
  read_ports(skb, p);
  return 0;
}

static __always_inline int read_v6(struct __sk_buff* skb, struct packet* p) {
  struct ipv6hdr ip;
  if (bpf_skb_load_bytes(skb, p->l3, &ip, sizeof(ip))) return -1;
  p->protocol = ip.nexthdr;
  p->l4 = p->l3 + sizeof(ip);
  read_ports(skb, p);
  return 0;
}

/* `packet` filled from the IP header at offset l3 on; -1 when the frame is cut short. */
static __always_inline int read_ip(struct __sk_buff* skb, __u32 l3, __u16 ethertype, struct packet* p) {
  __builtin_memset(p, 0, sizeof(*p));
  p->ethertype = ethertype;
  p->l3 = l3;
  p->l3_length = skb->len - l3;
  if (ethertype == ETH_P_IP) return read_v4(skb, p);
  if (ethertype == ETH_P_IPV6) return read_v6(skb, p);
  return 0;
}

static __always_inline int read_ethernet(struct __sk_buff* skb, struct packet* p) {
  __be16 type = 0;
  __u32 offset = 12;
  __builtin_memset(p, 0, sizeof(*p));
  p->l3_length = skb->len;
#pragma unroll
  for (int tags = 0; tags < 3; tags++) {
    if (bpf_skb_load_bytes(skb, offset, &type, sizeof(type))) return -1;
    if (!is_tag(bpf_ntohs(type))) break;
    offset += 4;
  }
  return read_ip(skb, offset + 2, bpf_ntohs(type), p);
}

/* The same for a layer 3 device (tun). */
static __always_inline int read_bare(struct __sk_buff* skb, struct packet* p) {
  return read_ip(skb, 0, bpf_ntohs(skb->protocol), p);
}
