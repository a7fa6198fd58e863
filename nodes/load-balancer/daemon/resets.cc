// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/resets.hh"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "sys/fd.hh"

namespace xconn::lb {
namespace {

struct Packet {
  ether_header ethernet;
  iphdr ip;
  tcphdr tcp;
} __attribute__((packed));

/// RFC 1071.
std::uint16_t checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return htons(static_cast<std::uint16_t>(~sum));
}

template <class Header>
std::span<const std::uint8_t> bytes_of(const Header& header) {
  return {reinterpret_cast<const std::uint8_t*>(&header), sizeof header};
}

/// Of the addresses, the protocol and the length, which TCP's checksum covers too.
std::uint32_t pseudo_header(const lb_segment& segment) {
  std::uint32_t sum = IPPROTO_TCP + sizeof(tcphdr);
  for (const auto address : {ntohl(segment.source), ntohl(segment.destination)})
    sum += (address >> 16) + (address & 0xffff);
  return sum;
}

ether_header ethernet(const Mac& from, const Mac& to) {
  ether_header header{};
  std::ranges::copy(from.bytes(), header.ether_shost);
  std::ranges::copy(to.bytes(), header.ether_dhost);
  header.ether_type = htons(ETHERTYPE_IP);
  return header;
}

iphdr ip_header(const lb_segment& segment) {
  iphdr header{};
  header.version = 4;
  header.ihl = sizeof header / 4;
  header.tot_len = htons(sizeof(iphdr) + sizeof(tcphdr));
  header.frag_off = htons(IP_DF);
  header.ttl = IPDEFTTL;
  header.protocol = IPPROTO_TCP;
  header.saddr = segment.source;
  header.daddr = segment.destination;
  header.check = checksum(bytes_of(header));
  return header;
}

tcphdr tcp_header(const lb_segment& segment) {
  tcphdr header{};
  header.source = segment.source_port;
  header.dest = segment.destination_port;
  header.seq = htonl(segment.next_sequence);
  header.ack_seq = htonl(segment.acknowledged);
  header.doff = sizeof header / 4;
  header.rst = header.ack = 1;
  header.check = checksum(bytes_of(header), pseudo_header(segment));
  return header;
}

}  // namespace

std::vector<std::uint8_t> reset_frame(const lb_segment& segment, const Mac& from, const Mac& to) {
  const Packet packet{ethernet(from, to), ip_header(segment), tcp_header(segment)};
  const auto bytes = bytes_of(packet);
  return {bytes.begin(), bytes.end()};
}

lb_segment answer_to(const lb_segment& segment) {
  return {segment.destination, segment.source,       segment.destination_port,
          segment.source_port, segment.acknowledged, segment.next_sequence};
}

lb_segment translated(const Config& config, const IdleFlow& flow) {
  auto segment = flow.last;
  if (segment.destination != htonl(config.frontend.v4_value())) return segment;
  for (const auto& rule : config.rules) {
    if (rule.ha_ports || rule.floating_ip || rule.protocol != IPPROTO_TCP) continue;
    if (segment.destination_port != htons(rule.port)) continue;
    segment.destination = htonl(config.backends.at(flow.backend).address.v4_value());
    segment.destination_port = htons(rule.backend_port);
    return segment;
  }
  return segment;
}

Resets::Resets(const Config& config, std::vector<NextDevice> ways, const NextDevice& front)
    : config_(config), ways_(std::move(ways)), front_(front), socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
  sys::check(socket_.get(), "open a packet socket");
}

void Resets::send(const IdleFlow& flow) const {
  send(translated(config_, flow), ways_.at(flow.backend));
  send(answer_to(flow.last), front_);
}

/// A link that is down takes none, and then nobody is there to be told.
void Resets::send(const lb_segment& segment, const NextDevice& way) const {
  const auto frame = reset_frame(segment, way.near_mac, way.far_mac);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = way.index;
  ::sendto(socket_.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

}  // namespace xconn::lb
