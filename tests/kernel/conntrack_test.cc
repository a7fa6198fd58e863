// SPDX-License-Identifier: Apache-2.0
#include "nodes/control/conntrack.hh"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::control {
namespace {

constexpr std::uint8_t kExperiment = 253;  // RFC 3692: a protocol of which the kernel knows no ports
constexpr std::uint32_t kLoopback = INADDR_LOOPBACK;

/// A namespace in which every connection is tracked and gets the mark 0x1234 when it begins.
struct ConntrackTest : testing::Test {
  ConntrackTest() : netns(sys::Netns::create()), conntrack(netns.run([] { return Conntrack(); })) {
    run({"ip", "link", "set", "lo", "up"});
    run({"nft",
         "table ip t { chain c { type filter hook output priority filter; ct state new ct mark set 0x1234; }; }"});
  }
  std::string run(const std::vector<std::string>& argv) const { return sys::run_checked(argv, {.netns = netns.fd()}); }

  /// One packet to 127.0.0.1; returns the port that it is from.
  std::uint16_t send(int type, int protocol, std::uint16_t port) const {
    const auto socket = netns.run([&] { return sys::Fd(sys::check(::socket(AF_INET, type, protocol), "socket")); });
    sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(kLoopback)}, .sin_zero = {}};
    sys::check(static_cast<int>(::sendto(socket.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to)),
               "send");
    socklen_t length = sizeof to;
    sys::check(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&to), &length), "getsockname");
    return ntohs(to.sin_port);
  }
  std::string witness() const { return run({"conntrack", "-L"}); }

  sys::Netns netns;
  Conntrack conntrack;
};

TEST_F(ConntrackTest, ReplacesOnlyTheBitsOfTheMask) {
  const auto port = send(SOCK_DGRAM, 0, 7);
  const Tuple tuple{kLoopback, kLoopback, IPPROTO_UDP, port, 7};
  EXPECT_TRUE(conntrack.set_mark(tuple, 0xff, 0x56));
  EXPECT_THAT(witness(), testing::HasSubstr("mark=" + std::to_string(0x1256)));
  EXPECT_EQ(conntrack.clear_marks(0xff00, 0x5600), 0) << "its bits are others";
  EXPECT_EQ(conntrack.clear_marks(0xff00, 0x1200), 1);
  EXPECT_THAT(witness(), testing::HasSubstr("mark=" + std::to_string(0x56)));
}

TEST_F(ConntrackTest, TheReverseNamesTheSameConnection) {
  const auto port = send(SOCK_DGRAM, 0, 7);
  EXPECT_TRUE(conntrack.set_mark({kLoopback, kLoopback, IPPROTO_UDP, 7, port}, 0xffff, 1));
  EXPECT_FALSE(conntrack.set_mark({kLoopback, kLoopback, IPPROTO_UDP, 8, port}, 0xffff, 1)) << "there is none";
}

TEST_F(ConntrackTest, ListsAndRemovesWhatIsAskedFor) {
  send(SOCK_DGRAM, 0, 7);
  send(SOCK_RAW, kExperiment, 0);
  ASSERT_EQ(conntrack.list().size(), 2U);
  EXPECT_TRUE(conntrack.list().front().involves(Address::v4(kLoopback)));
  EXPECT_FALSE(conntrack.list().front().is_established_tcp());
  EXPECT_EQ(conntrack.remove_if([](const Connection& it) { return it.protocol == IPPROTO_UDP; }), 1);
  ASSERT_EQ(conntrack.list().size(), 1U);
  EXPECT_EQ(conntrack.list().front().protocol, kExperiment);
}

TEST_F(ConntrackTest, ProtocolsWithoutPortsAreMarkedAndRemovedToo) {
  send(SOCK_RAW, kExperiment, 0);
  EXPECT_EQ(conntrack.clear_marks(0xff, 0x34), 1);
  EXPECT_THAT(witness(), testing::HasSubstr("mark=" + std::to_string(0x1200)));
  EXPECT_EQ(conntrack.remove_if([](const Connection&) { return true; }), 1);
  EXPECT_THAT(conntrack.list(), testing::IsEmpty());
}

}  // namespace
}  // namespace xconn::control
