// SPDX-License-Identifier: Apache-2.0
// The load balancer's data path: at tc ingress of the interface where flows come in, pick a backend for each and send
// the packet out of that backend's interface: as it is, or with the backend's address and port where a rule has no
// floating IP. It depends on no more than one direction of a flow. The answers of translated flows get the frontend's
// address back where they enter the fabric, before anybody looks at them.

// The helpers use the types of linux/bpf.h and say so nowhere.
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
// clang-format on
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>

#include "lb_abi.h"

#define CLOSING_TIMEOUT 15000000000ULL
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10
#define FRAGMENT_OFFSET 0x1fff
#define MORE_FRAGMENTS 0x2000

volatile struct lb_control control;
struct lb_counters counters[LB_MAX_BACKENDS];
struct lb_drops drops;

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, LB_MAX_FLOWS);
  __type(key, struct lb_flow_key);
  __type(value, struct lb_flow);
} flows SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, struct lb_fragment_key);
  __type(value, __u32);
} fragments SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, LB_MAX_FLOWS);
  __type(key, struct lb_answer_key);
  __type(value, __u16); /* the port at the frontend */
} answers SEC(".maps");

struct packet {
  struct iphdr ip;
  struct lb_flow_key key; /* as it came; sorted() is what it is known by */
  __u8 tcp_flags;
  __u32 next_sequence, acknowledged;
  bool first_fragment, later_fragment;
};

static __always_inline bool read_tcp(struct __sk_buff* skb, struct packet* packet, __u32 at) {
  struct tcphdr tcp;
  if (bpf_skb_load_bytes(skb, at, &tcp, sizeof tcp)) return false;
  packet->tcp_flags = ((__u8*)&tcp)[13];
  packet->acknowledged = bpf_ntohl(tcp.ack_seq);
  packet->next_sequence =
      bpf_ntohl(tcp.seq) + bpf_ntohs(packet->ip.tot_len) - packet->ip.ihl * 4 - tcp.doff * 4 + tcp.syn;
  return true;
}

static __always_inline bool read_ports(struct __sk_buff* skb, struct packet* packet) {
  __u32 at = ETH_HLEN + packet->ip.ihl * 4;
  if (packet->ip.protocol == IPPROTO_TCP || packet->ip.protocol == IPPROTO_UDP) {
    __u16 ports[2];
    if (bpf_skb_load_bytes(skb, at, ports, sizeof ports)) return false;
    packet->key.source_port = ports[0];
    packet->key.destination_port = ports[1];
    if (packet->ip.protocol == IPPROTO_TCP && !read_tcp(skb, packet, at)) return false;
  } else if (packet->ip.protocol == IPPROTO_ICMP) {
    __u8 icmp[8];
    if (bpf_skb_load_bytes(skb, at, icmp, sizeof icmp)) return true;
    if (icmp[0] != 0 && icmp[0] != 8) return true;
    __builtin_memcpy(&packet->key.source_port, icmp + 4, 2);
    packet->key.destination_port = packet->key.source_port;
  }
  return true;
}

static __always_inline bool read_packet(struct __sk_buff* skb, struct packet* packet) {
  if (bpf_skb_load_bytes(skb, ETH_HLEN, &packet->ip, sizeof packet->ip)) return false;
  packet->key.source = packet->ip.saddr;
  packet->key.destination = packet->ip.daddr;
  packet->key.protocol = packet->ip.protocol;
  __u16 fragment = bpf_ntohs(packet->ip.frag_off);
  packet->later_fragment = fragment & FRAGMENT_OFFSET;
  packet->first_fragment = !packet->later_fragment && (fragment & MORE_FRAGMENTS);
  return packet->later_fragment || read_ports(skb, packet);
}

/* The number of the rule for a packet to the frontend, or -1. */
static __always_inline int rule_of(const struct packet* packet) {
  for (int i = 0; i < LB_MAX_RULES; ++i) {
    if (i >= control.rule_count) return -1;
    if (control.rules[i].protocol == packet->key.protocol && control.rules[i].port == packet->key.destination_port)
      return i;
  }
  return -1;
}

/* Both directions of a flow that pass here meet the same backend (Microsoft Learn, "High availability ports overview",
   flow symmetry). */
static __always_inline struct lb_flow_key sorted(const struct lb_flow_key* key) {
  struct lb_flow_key one = *key;
  bool ordered =
      key->source < key->destination || (key->source == key->destination && key->source_port <= key->destination_port);
  if (ordered) return one;
  one.source = key->destination;
  one.destination = key->source;
  one.source_port = key->destination_port;
  one.destination_port = key->source_port;
  return one;
}

static __always_inline bool wanted(const struct packet* packet) {
  if (packet->key.destination != control.frontend) return control.transit;
  if (packet->key.protocol != IPPROTO_TCP && packet->key.protocol != IPPROTO_UDP) return false;
  return control.to_frontend || packet->later_fragment || rule_of(packet) >= 0;
}

/* The finaliser of MurmurHash3 over the words of the key. */
static __always_inline __u32 hash(const struct lb_flow_key* key) {
  __u64 h = control.seed;
  const __u64 words[3] = {((__u64)key->source << 32) | key->destination,
                          ((__u64)key->source_port << 16) | key->destination_port, key->protocol};
#pragma unroll
  for (int i = 0; i < 3; ++i) {
    h ^= words[i];
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53ULL;
    h ^= h >> 33;
  }
  return (__u32)h;
}

/* The (hash mod number of healthy ones)-th healthy backend, or -1. */
static __always_inline int choose(const struct lb_flow_key* key, __u32 healthy) {
  __u32 count = 0;
  for (int i = 0; i < LB_MAX_BACKENDS; ++i) count += (healthy >> i) & 1;
  if (count == 0) return -1;
  __u32 nth = hash(key) % count;
  for (int i = 0; i < LB_MAX_BACKENDS; ++i) {
    if (!((healthy >> i) & 1)) continue;
    if (nth == 0) return i;
    --nth;
  }
  return -1;
}

/* A probe that fails moves everything but an established TCP connection. */
static __always_inline bool stays(const struct packet* packet, const struct lb_flow* flow, __u32 healthy) {
  if ((healthy >> (flow->backend & 31)) & 1) return true;
  bool opening = (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
  return packet->key.protocol == IPPROTO_TCP && !opening;
}

static __always_inline struct lb_segment segment_of(const struct packet* packet) {
  struct lb_segment none = {};
  if (!(packet->tcp_flags & TCP_ACK)) return none;
  struct lb_segment last = {packet->key.source,           packet->key.destination, packet->key.source_port,
                            packet->key.destination_port, packet->next_sequence,   packet->acknowledged};
  return last;
}

static __always_inline int backend_of(const struct packet* packet) {
  __u64 now = bpf_ktime_get_ns();
  __u32 healthy = control.healthy;
  struct lb_flow_key key = sorted(&packet->key);
  struct lb_flow* flow = bpf_map_lookup_elem(&flows, &key);
  bool closing = packet->key.protocol == IPPROTO_TCP && (packet->tcp_flags & (TCP_FIN | TCP_RST));
  /* Signed: another CPU may have seen the flow a moment after our `now`, and that is not an age of 584 years. */
  __s64 idle = flow ? (__s64)(now - flow->seen) : 0;
  if (flow && idle > (__s64)(flow->closing ? CLOSING_TIMEOUT : control.idle_timeout)) flow = 0;
  if (flow && stays(packet, flow, healthy)) {
    flow->seen = now;
    flow->closing |= closing;
    if (packet->tcp_flags & TCP_SYN) flow->closing = 0;
    flow->last = segment_of(packet);
    return flow->backend;
  }
  int chosen = choose(&key, healthy);
  if (chosen < 0) {
    bpf_map_delete_elem(&flows, &key);
    return -1;
  }
  struct lb_counters* counter = &counters[chosen & (LB_MAX_BACKENDS - 1)];
  __sync_fetch_and_add(flow ? &counter->repinned : &counter->new_flows, 1);
  struct lb_flow fresh = {.seen = now, .backend = chosen, .closing = closing, .last = segment_of(packet)};
  bpf_map_update_elem(&flows, &key, &fresh, BPF_ANY);
  return chosen;
}

/* A later fragment has no ports: it follows its first one, or, when that has not come, the addresses alone. */
static __always_inline int backend_of_fragment(const struct packet* packet) {
  struct lb_fragment_key key = {packet->ip.saddr, packet->ip.daddr, packet->ip.id, packet->ip.protocol, 0};
  struct lb_flow_key flow = sorted(&packet->key);
  if (packet->first_fragment) {
    int chosen = backend_of(packet);
    __u32 value = chosen;
    if (chosen >= 0) bpf_map_update_elem(&fragments, &key, &value, BPF_ANY);
    return chosen;
  }
  __u32* found = bpf_map_lookup_elem(&fragments, &key);
  return found ? (int)*found : choose(&flow, control.healthy);
}

static __always_inline int drop(__u64* counter) {
  __sync_fetch_and_add(counter, 1);
  return TC_ACT_SHOT;
}

static __always_inline int send(struct __sk_buff* skb, __u32 chosen) {
  chosen &= LB_MAX_BACKENDS - 1;
  struct lb_backend to;
  to.interface = control.backends[chosen].interface;
  for (int i = 0; i < 6; ++i) {
    to.far_mac[i] = control.backends[chosen].far_mac[i];
    to.near_mac[i] = control.backends[chosen].near_mac[i];
  }
  __sync_fetch_and_add(&counters[chosen].packets, 1);
  __sync_fetch_and_add(&counters[chosen].bytes, skb->len);
  if (bpf_skb_store_bytes(skb, 0, to.far_mac, 6, 0) || bpf_skb_store_bytes(skb, 6, to.near_mac, 6, 0))
    return TC_ACT_SHOT;
  return bpf_redirect(to.interface, 0);
}

struct rewrite {
  __u32 old_address, new_address;
  __u16 old_port, new_port;
  __u32 address_at, port_at; /* in the IP header, in TCP's or UDP's */
};

#define OFFSET_IN(type, member) __builtin_offsetof(type, member)

static __always_inline bool rewrite_ports(struct __sk_buff* skb, const struct packet* packet, struct rewrite to) {
  bool tcp = packet->ip.protocol == IPPROTO_TCP;
  __u32 at = ETH_HLEN + packet->ip.ihl * 4;
  __u32 sum = at + (tcp ? OFFSET_IN(struct tcphdr, check) : OFFSET_IN(struct udphdr, check));
  __u64 flags = tcp ? 0 : BPF_F_MARK_MANGLED_0;
  return !bpf_l4_csum_replace(skb, sum, to.old_address, to.new_address, BPF_F_PSEUDO_HDR | flags | 4) &&
         !bpf_l4_csum_replace(skb, sum, to.old_port, to.new_port, flags | 2) &&
         !bpf_skb_store_bytes(skb, at + to.port_at, &to.new_port, 2, 0);
}

static __always_inline bool rewritten(struct __sk_buff* skb, const struct packet* packet, struct rewrite to) {
  if (!packet->later_fragment && !rewrite_ports(skb, packet, to)) return false;
  __u32 sum = ETH_HLEN + OFFSET_IN(struct iphdr, check);
  return !bpf_l3_csum_replace(skb, sum, to.old_address, to.new_address, 4) &&
         !bpf_skb_store_bytes(skb, ETH_HLEN + to.address_at, &to.new_address, 4, 0);
}

/* The frontend's address and port become the backend's. A later fragment has no ports, and goes by its address. */
static __always_inline bool translated(struct __sk_buff* skb, const struct packet* packet, __u32 chosen) {
  if (packet->key.destination != control.frontend || control.to_frontend) return true;
  int number = packet->later_fragment ? 0 : rule_of(packet);
  if (number < 0 || !control.rules[number & (LB_MAX_RULES - 1)].translated) return true;
  __u32 address = control.backends[chosen & (LB_MAX_BACKENDS - 1)].address;
  __u16 port = packet->key.destination_port, backend_port = control.rules[number & (LB_MAX_RULES - 1)].backend_port;
  struct lb_answer_key answer = {address, packet->key.source, backend_port, packet->key.source_port,
                                 packet->key.protocol};
  if (!packet->later_fragment) bpf_map_update_elem(&answers, &answer, &port, BPF_ANY);
  struct rewrite to = {control.frontend, address, port, backend_port, OFFSET_IN(struct iphdr, daddr), 2};
  return rewritten(skb, packet, to);
}

SEC("tc")
int answer(struct __sk_buff* skb) {
  struct packet packet = {};
  if (skb->protocol != bpf_htons(ETH_P_IP) || !read_packet(skb, &packet)) return TC_ACT_UNSPEC;
  struct lb_answer_key key = {packet.key.source, packet.key.destination, packet.key.source_port,
                              packet.key.destination_port, packet.key.protocol};
  __u16* port = bpf_map_lookup_elem(&answers, &key);
  if (!port) return TC_ACT_UNSPEC;
  struct rewrite to = {
      packet.key.source, control.frontend, packet.key.source_port, *port, OFFSET_IN(struct iphdr, saddr), 0};
  return rewritten(skb, &packet, to) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

SEC("tc")
int balance(struct __sk_buff* skb) {
  struct packet packet = {};
  if (skb->protocol != bpf_htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST) return TC_ACT_UNSPEC;
  if (!read_packet(skb, &packet)) return TC_ACT_SHOT;
  if (!wanted(&packet)) return control.drop_rest ? drop(&drops.unmatched) : TC_ACT_UNSPEC;
  bool fragment = packet.first_fragment || packet.later_fragment;
  int chosen = fragment ? backend_of_fragment(&packet) : backend_of(&packet);
  if (chosen < 0) return drop(&drops.no_backend);
  return translated(skb, &packet, chosen) ? send(skb, chosen) : TC_ACT_SHOT;
}

char _license[] SEC("license") = "GPL";
