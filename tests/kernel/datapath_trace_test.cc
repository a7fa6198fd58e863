// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "datapath/filter.hh"
#include "datapath/hide_hop.hh"
#include "datapath/trace.hh"
#include "datapath/vlan.hh"
#include "datapath/wire.hh"
#include "datapath_fixture.hh"

namespace xconn::datapath_test {

using datapath::Direction;
using datapath::Side;
using datapath::Trace;
using datapath::TraceRecord;
using testing::ElementsAre;

std::string probe(std::uint32_t flow, std::uint64_t sequence) {
  std::string payload;
  const auto put = [&](std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) payload.push_back(static_cast<char>(value >> (8 * i)));
  };
  put(datapath::kProbeMagic, 4);
  put(flow, 4);
  put(sequence, 8);
  return payload;
}

/// client -- middle -- server
class PathTest : public testing::Test {
 protected:
  PathTest() {
    link(client, "out", middle, "left");
    link(middle, "right", server, "in");
    client.address("out", "10.0.1.1/24");
    middle.address("left", "10.0.1.2/24");
    middle.address("right", "10.0.2.1/24");
    server.address("in", "10.0.2.2/24");
    middle.forward();
    client.route("0.0.0.0/0", "10.0.1.2");
    server.route("0.0.0.0/0", "10.0.2.1");
  }
  datapath::TraceFlow flow(std::uint64_t mask = 0, std::uint8_t protocol = 17) const {
    return {.id = 42,
            .protocol = protocol,
            .client = *Address::parse("10.0.1.1"),
            .server = *Address::parse("10.0.2.2"),
            .client_port = protocol == 17 ? std::uint16_t{5000} : std::uint16_t{0},
            .server_port = 7000,
            .mask = mask};
  }
  static std::vector<TraceRecord> all(Trace& trace) {
    std::vector<TraceRecord> records;
    trace.read([&](const TraceRecord& record) { records.push_back(record); });
    return records;
  }
  static std::vector<std::uint32_t> points(const std::vector<TraceRecord>& records) {
    std::vector<std::uint32_t> result;
    for (const TraceRecord& record : records) result.push_back(record.point);
    return result;
  }
  Node client, middle, server;
};

TEST_F(PathTest, NamesTheHopsInOrder) {
  Trace trace;
  trace.set_flow(flow());
  const auto departure = trace.attach(client.netns, "out", 1, Side::kDeparture),
             p2 = trace.attach(middle.netns, "left", 2), p3 = trace.attach(server.netns, "in", 3),
             p4 = trace.attach(middle.netns, "right", 4), p5 = trace.attach(client.netns, "out", 5);
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));  // not probes
  EXPECT_THAT(all(trace), testing::IsEmpty());
  near.send("10.0.2.2", 7000, probe(42, 7));
  const auto got = far.receive();
  ASSERT_TRUE(got);
  far.send("10.0.1.1", 5000, *got);
  ASSERT_TRUE(near.receive());
  EXPECT_TRUE(readable(trace.fd(), 1000ms));
  const auto records = all(trace);
  EXPECT_THAT(points(records), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_TRUE(std::is_sorted(records.begin(), records.end(), [](auto& x, auto& y) { return x.at < y.at; }));
  for (const TraceRecord& record : records) {
    EXPECT_EQ(record.flow, 42U);
    EXPECT_EQ(record.sequence, 7U);
    EXPECT_EQ(record.direction, record.point <= 3 ? Direction::kForward : Direction::kReverse);
  }
  EXPECT_LT(sys::now().count() - static_cast<std::int64_t>(records.back().at), 1'000'000'000);
  EXPECT_EQ(trace.count(42, Direction::kForward, 2).packets, 1U);
  EXPECT_EQ(trace.count(42, Direction::kReverse, 2).packets, 0U);
  EXPECT_EQ(trace.count(42, Direction::kForward, 3).last_at, records[2].at);
}

TEST_F(PathTest, ShowsWhereProbesAreLost) {
  Trace trace;
  trace.set_flow(flow());
  const auto p2 = trace.attach(middle.netns, "left", 2), p3 = trace.attach(server.netns, "in", 3);
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));
  const datapath::Filter hole(server.netns, "in", {});
  near.send("10.0.2.2", 7000, probe(42, 1));
  EXPECT_FALSE(far.receive(100ms));
  EXPECT_THAT(points(all(trace)), ElementsAre(2));
}

TEST_F(PathTest, TimesTheWire) {
  Trace trace;
  trace.set_flow(flow());
  const auto p1 = trace.attach(client.netns, "out", 1, Side::kDeparture), p2 = trace.attach(middle.netns, "left", 2);
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));
  const datapath::Wire wire(client.netns, "out", {.delay = 20ms});
  near.send("10.0.2.2", 7000, probe(42, 1));
  ASSERT_TRUE(far.receive());
  const auto records = all(trace);
  ASSERT_THAT(points(records), ElementsAre(1, 2));
  EXPECT_GE(records[1].at - records[0].at, 20'000'000U);
  EXPECT_LT(records[1].at - records[0].at, 30'000'000U);
}

TEST_F(PathTest, RecordsWhatTheMaskAsksAndCountsAll) {
  Trace trace;
  trace.set_flow(flow(0x0f));
  const auto point = trace.attach(server.netns, "in", 3);
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));
  for (std::uint64_t i = 1; i <= 64; i++) near.send("10.0.2.2", 7000, probe(42, i));
  EXPECT_EQ(far.drain(), 64);
  std::vector<std::uint64_t> sequences;
  for (const TraceRecord& record : all(trace)) sequences.push_back(record.sequence);
  EXPECT_THAT(sequences, ElementsAre(16, 32, 48, 64));
  EXPECT_EQ(trace.count(42, Direction::kForward, 3).packets, 64U);
  EXPECT_EQ(trace.lost(), 0U);
}

TEST_F(PathTest, KnowsProbesBehindNat) {
  sys::run_checked({"nft", "-f", "-"}, {.netns = middle.netns.fd(),
                                        .input = "table ip t { chain c { type nat hook postrouting priority 100; "
                                                 "oifname right masquerade\n}\n}\n"});
  Trace trace;
  trace.set_flow(flow());
  const auto p2 = trace.attach(middle.netns, "left", 2), p3 = trace.attach(server.netns, "in", 3),
             p4 = trace.attach(middle.netns, "right", 4);
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));
  near.send("10.0.2.2", 7000, probe(42, 9));
  ASSERT_TRUE(far.receive());
  far.send("10.0.2.1", 5000, probe(42, 9));
  ASSERT_TRUE(near.receive());
  const auto records = all(trace);
  EXPECT_THAT(points(records), ElementsAre(2, 3, 4));
  EXPECT_EQ(records.at(1).direction, Direction::kForward);
  EXPECT_EQ(records.at(2).direction, Direction::kReverse);
}

TEST_F(PathTest, FollowsTcpByItsAddresses) {
  Trace trace;
  trace.set_flow(flow(~0ULL, 6));
  const auto p2 = trace.attach(middle.netns, "left", 2), p4 = trace.attach(middle.netns, "right", 4);
  Tcp tcp(client, server, "10.0.2.2", 7000);
  ASSERT_TRUE(tcp.open());
  EXPECT_EQ(tcp.transfer(1 << 20), 1U << 20);
  EXPECT_THAT(points(all(trace)), ElementsAre(2, 4));  // SYN and SYN-ACK
  EXPECT_GT(trace.count(42, Direction::kForward, 2).packets, 10U);
  EXPECT_GT(trace.count(42, Direction::kReverse, 4).packets, 1U);
}

TEST_F(PathTest, ForgetsARemovedFlow) {
  Trace trace;
  trace.set_flow(flow());
  const auto point = trace.attach(server.netns, "in", 3);
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));
  trace.remove_flow(42);
  near.send("10.0.2.2", 7000, probe(42, 1));
  ASSERT_TRUE(far.receive());
  EXPECT_THAT(all(trace), testing::IsEmpty());
}

TEST_F(PathTest, SeesThroughTags) {
  const std::vector<Tag> tags{{100}, {28}};
  const datapath::Vlan at_client(client.netns, {.name = "q", .parent = "out", .tags = tags},
                                 datapath::VlanDriver::kPortable),
      at_middle(middle.netns, {.name = "q", .parent = "left", .tags = tags}, datapath::VlanDriver::kPortable);
  client.address("q", "172.16.0.1/30");
  middle.address("q", "172.16.0.2/30");
  Udp near(client, "172.16.0.1", 5000), far(middle, "172.16.0.2", 7000);
  ASSERT_TRUE(passes(near, "172.16.0.2", 7000, far));
  Trace trace;
  auto tagged = flow();
  tagged.client = *Address::parse("172.16.0.1");
  tagged.server = *Address::parse("172.16.0.2");
  trace.set_flow(tagged);
  const auto trunk = trace.attach(middle.netns, "left", 1), inside = trace.attach(middle.netns, "q", 2);
  near.send("172.16.0.2", 7000, probe(42, 1));
  ASSERT_TRUE(far.receive());
  EXPECT_THAT(points(all(trace)), ElementsAre(1, 2));
}

TEST_F(PathTest, SeesLayerThreeDevices) {
  const sys::Fd tun = client.netns.run([] {
    sys::Fd fd(sys::check(::open("/dev/net/tun", O_RDWR | O_CLOEXEC), "open tun"));
    ifreq request{};
    std::strcpy(request.ifr_name, "vpn");
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    sys::check(ioctl(fd.get(), TUNSETIFF, &request), "make tun");
    return fd;
  });
  client.address("vpn", "10.9.0.1/24");
  Trace trace;
  auto through = flow();
  through.client = *Address::parse("10.9.0.1");
  through.server = *Address::parse("10.9.0.2");
  trace.set_flow(through);
  const auto out = trace.attach(client.netns, "vpn", 1, Side::kDeparture), in = trace.attach(client.netns, "vpn", 2);
  Udp near(client, "10.9.0.1", 5000);
  near.send("10.9.0.2", 7000, probe(42, 3));
  std::string packet(2000, '\0');
  do {
    ASSERT_TRUE(readable(tun.get(), 1000ms));
    packet.resize(2000);
    packet.resize(static_cast<std::size_t>(read(tun.get(), packet.data(), packet.size())));
  } while ((packet[0] & 0xf0) != 0x40);
  for (std::size_t i = 0; i < 4; i++) std::swap(packet[12 + i], packet[16 + i]);  // back to the sender
  std::swap(packet[20], packet[22]);
  std::swap(packet[21], packet[23]);
  ASSERT_EQ(write(tun.get(), packet.data(), packet.size()), static_cast<ssize_t>(packet.size()));
  ASSERT_TRUE(near.receive());
  const auto records = all(trace);
  ASSERT_THAT(points(records), ElementsAre(1, 2));
  EXPECT_EQ(records[0].direction, Direction::kForward);
  EXPECT_EQ(records[1].direction, Direction::kReverse);
}

// --- hidden hops ----------------------------------------------------------------------------------------------------

int arriving_ttl(Udp& from, const std::string& address, Udp& to, int sent_ttl) {
  const int on = 1;
  setsockopt(to.fd(), IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
  setsockopt(from.fd(), IPPROTO_IP, IP_TTL, &sent_ttl, sizeof sent_ttl);
  from.send(address, 7000, "ttl");
  if (!readable(to.fd(), 300ms)) return -1;
  std::array<char, 64> data, control;
  iovec part{data.data(), data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(to.fd(), &message, 0) < 0) return -1;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  int ttl = -1;
  if (header && header->cmsg_type == IP_TTL) std::memcpy(&ttl, CMSG_DATA(header), sizeof ttl);
  return ttl;
}

TEST_F(PathTest, HidesAHop) {
  Udp near(client, "10.0.1.1", 5000), far(server, "10.0.2.2", 7000);
  ASSERT_TRUE(passes(near, "10.0.2.2", 7000, far));
  EXPECT_EQ(arriving_ttl(near, "10.0.2.2", far, 64), 63);
  {
    const datapath::HideHop hidden(middle.netns, "left");
    EXPECT_EQ(arriving_ttl(near, "10.0.2.2", far, 64), 64);
    EXPECT_EQ(arriving_ttl(near, "10.0.2.2", far, 1), 1);
    EXPECT_EQ(arriving_ttl(near, "10.0.2.2", far, 255), 254);
    Tcp tcp(client, server, "10.0.2.2", 9000);
    ASSERT_TRUE(tcp.open());
    EXPECT_EQ(tcp.transfer(5 << 20), 5U << 20);
  }
  EXPECT_EQ(arriving_ttl(near, "10.0.2.2", far, 64), 63);
}

TEST_F(PathTest, HidesAHopOfIpv6) {
  client.address("out", "fd00:1::1/64");
  middle.address("left", "fd00:1::2/64");
  middle.address("right", "fd00:2::1/64");
  server.address("in", "fd00:2::2/64");
  client.route("fd00:2::/64", "fd00:1::2");
  server.route("fd00:1::/64", "fd00:2::1");
  // Neighbour discovery waits for the link-local addresses, up to two seconds after the links are up.
  const auto ping = [&](int hops) {
    return sys::run({"ping", "-6", "-c1", "-W6", "-t", std::to_string(hops), "fd00:2::2"}, {.netns = client.netns.fd()})
               .status == 0;
  };
  ASSERT_TRUE(ping(2));
  EXPECT_FALSE(ping(1));
  const datapath::HideHop hidden(middle.netns, "left");
  EXPECT_TRUE(ping(1));
}

}  // namespace xconn::datapath_test
