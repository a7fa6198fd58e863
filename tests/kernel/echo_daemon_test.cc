// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "nodes/host/daemon/tcp_server.hh"
#include "nodes/host/daemon/udp_echo.hh"
#include "sys/loop.hh"
#include "sys/process.hh"
#include "tests/kernel/lb_sockets.hh"

namespace xconn::echo {
namespace {

using lb::Socket;
using lb::Udp;

// The servers on a loop of their own, inside a private namespace that owns 127.0.0.1 and 127.0.0.2.
struct Echo : testing::Test {
  Echo() : netns(sys::Netns::create()) {
    sys::run_checked({"ip", "link", "set", "lo", "up"}, {.netns = netns.fd()});
    netns.run([this] {
      udp.emplace(loop, 7);
      tcp.emplace(loop, 7, Answer::kEcho, 3);
      http.emplace(loop, 80, Answer::kHttp);
    });
    thread = std::thread([this] { loop.run(); });
  }
  ~Echo() override {
    loop.stop();
    thread.join();
  }
  sys::Netns netns;
  sys::Loop loop;
  std::optional<UdpEcho> udp;
  std::optional<TcpServer> tcp, http;
  std::thread thread;
};

TEST_F(Echo, AnswersUdpFromTheAddressThatWasAsked) {
  for (const char* address : {"127.0.0.1", "127.0.0.2"}) {
    Socket socket(netns, SOCK_DGRAM);
    socket.answer({"", address, 7}, "ping");
    const auto answer = socket.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->address, address);
    EXPECT_EQ(answer->text, "ping");
  }
}

TEST_F(Echo, DoesNotAnswerAnEcho) {
  sys::run_checked({"ip", "link", "add", "d0", "type", "veth", "peer", "name", "d1"}, {.netns = netns.fd()});
  const sys::Netns other = sys::Netns::create();
  sys::run_checked(
      {"ip", "link", "set", "d1", "netns", "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(other.fd())},
      {.netns = netns.fd()});
  sys::run_checked({"sh", "-ec", "ip addr add 10.0.0.1/24 dev d0; ip link set d0 up"}, {.netns = netns.fd()});
  sys::run_checked({"sh", "-ec", "ip addr add 10.0.0.2/24 dev d1; ip link set d1 up"}, {.netns = other.fd()});
  Udp from_echo_port(other, "10.0.0.1", 7, 7), from_other_port(other, "10.0.0.1", 7, 8);
  EXPECT_TRUE(from_other_port.echoes("x", 2000));
  EXPECT_FALSE(from_echo_port.echoes());
}

TEST_F(Echo, AnswersTcpAndMakesRoomForNewConnections) {
  std::vector<Socket> sockets;
  for (int n = 0; n < 5; ++n) {
    sockets.emplace_back(netns, SOCK_STREAM);
    ASSERT_TRUE(sockets.back().connect("127.0.0.1", 7));
    EXPECT_TRUE(sockets.back().echoes("n" + std::to_string(n)));
  }
  EXPECT_FALSE(sockets[0].echoes()) << "the one silent longest has been displaced";
  EXPECT_TRUE(sockets[4].echoes());
  EXPECT_EQ(tcp->counters().displaced, 2U);
}

TEST_F(Echo, AnswersHttp) {
  Socket socket(netns, SOCK_STREAM);
  ASSERT_TRUE(socket.connect("127.0.0.1", 80));
  socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = socket.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text.substr(0, 15), "HTTP/1.1 200 OK");
}

TEST_F(Echo, SurvivesAFlood) {
  Udp flood(netns, "127.0.0.1", 7);
  for (int n = 0; n < 20000; ++n) flood.send("x");
  Udp after(netns, "127.0.0.1", 7);
  // The kernel drops what finds the daemon's queue still full of the flood.
  bool answers = false;
  for (int n = 0; n < 20 && !answers; ++n) answers = after.echoes("after", 100);
  EXPECT_TRUE(answers);
}

}  // namespace
}  // namespace xconn::echo
