// SPDX-License-Identifier: Apache-2.0
// The SD-WAN edge in real namespaces: service levels, applications, the pair, and what it tells.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <fstream>

#include "sys/clock.hh"
#include "tests/kernel/sdwan_two_sites.hh"

namespace xconn::sdwan::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

json checks(const std::string& protocol, int port, const json& sla) {
  json list = json::array();
  for (const auto& [member, server] : {std::pair("m1", "192.0.2.2"), {"m2", "198.51.100.2"}}) {
    list.push_back({{"name", std::string("c-") + member},
                    {"members", {member}},
                    {"server", server},
                    {"protocol", protocol},
                    {"port", port},
                    {"interval", "30ms"},
                    {"timeout", "200ms"},
                    {"failtime", 5},
                    {"recoverytime", 5},
                    {"probe_count", 20},
                    {"sla", sla}});
  }
  return list;
}

class SdwanEdge : public testing::Test {
 protected:
  TwoSites sites_;
};

TEST_F(SdwanEdge, loss_above_the_target_steers_away_from_a_living_member) {
  const json relaxed{{"latency", "150ms"}, {"jitter", "150ms"}, {"loss", 0.1}};
  auto& edge = sites_.start_a({{"health_checks", checks("ping", 0, relaxed)}});
  ASSERT_TRUE(sites_.wait([&] { return edge.chosen("main") == "m1" && edge.alive("m2"); }));
  sites_.b.block("m1", "numgen random mod 100 < 40");
  ASSERT_TRUE(sites_.wait([&] { return edge.chosen("main") == "m2"; }));
  const auto state = edge.state();
  EXPECT_FALSE(state["members"][0]["in_sla"]);
  EXPECT_GT(state["members"][0]["loss"], 0.1);
  EXPECT_THAT(state["rules"][0]["reason"].get<std::string>(), HasSubstr("m1 out of SLA: loss"));
  sites_.b.unblock("m1");
  EXPECT_TRUE(sites_.wait([&] { return edge.chosen("main") == "m1"; }));
}

TEST_F(SdwanEdge, latency_of_tcp_echo_steers) {
  SlowEcho first(sites_.b, "192.0.2.2", 7), second(sites_.b, "198.51.100.2", 7);
  const json target{{"latency", "40ms"}, {"jitter", "150ms"}, {"loss", 0.5}};
  auto& edge = sites_.start_a({{"health_checks", checks("tcp-echo", 0, target)}});
  ASSERT_TRUE(sites_.wait([&] { return edge.chosen("main") == "m1" && edge.alive("m2"); }));
  first.set_delay(80ms);
  ASSERT_TRUE(sites_.wait([&] { return edge.chosen("main") == "m2"; }));
  EXPECT_THAT(edge.state()["rules"][0]["reason"].get<std::string>(), HasSubstr("m1 out of SLA: latency"));
  EXPECT_TRUE(edge.alive("m1"));
}

TEST_F(SdwanEdge, best_quality_carries_the_traffic_over_the_faster_member) {
  SlowEcho first(sites_.b, "192.0.2.2", 7), second(sites_.b, "198.51.100.2", 7);
  first.set_delay(60ms);
  const json relaxed{{"latency", "1000ms"}, {"jitter", "1000ms"}, {"loss", 0.5}};
  const json rule{{"name", "main"}, {"strategy", "best-quality"}, {"factor", "latency"}, {"members", {"m1", "m2"}}};
  auto& edge = sites_.start_a({{"health_checks", checks("tcp-echo", 0, relaxed)}, {"rules", {rule}}});
  sites_.start_b();
  const auto carries = [&](const std::string& member, const std::string& other) {
    ASSERT_TRUE(sites_.wait([&] { return edge.chosen("main") == member && sites_.edge_b->alive("m1"); }));
    for (const char* path : {"m1", "m2"}) sites_.b.watch(path, "udp dport 7777");
    Flow(sites_.client, "10.1.0.10", sites_.server, "10.2.0.10", 7777).run(200ms);
    EXPECT_GT(sites_.b.seen(member), 40u);
    EXPECT_EQ(sites_.b.seen(other), 0u);
  };
  carries("m2", "m1");
  first.set_delay(0ms);
  second.set_delay(60ms);
  carries("m1", "m2");
}

TEST_F(SdwanEdge, http_wants_a_good_status) {
  const auto server = listen_tcp(sites_.b, "192.0.2.2", 8080);
  sites_.start_a({{"health_checks",
                   {{{"name", "web"},
                     {"members", {"m1"}},
                     {"server", "192.0.2.2"},
                     {"protocol", "http"},
                     {"port", 8080},
                     {"path", "/health"},
                     {"interval", "50ms"},
                     {"timeout", "400ms"},
                     {"failtime", 2},
                     {"recoverytime", 2}}}}});
  const auto answer = [&](const std::string& status) {
    const sys::Fd peer(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    return exchange(peer.get(), "HTTP/1.0 " + status + "\r\n\r\n");
  };
  EXPECT_THAT(answer("200 OK"), HasSubstr("GET /health HTTP/1.0\r\nHost: 192.0.2.2"));
  ASSERT_TRUE(sites_.wait([&] { return answer("200 OK"), sites_.edge_a->alive("m1"); }));
  ASSERT_TRUE(sites_.wait([&] { return answer("503 Busy"), !sites_.edge_a->alive("m1"); }));
}

TEST_F(SdwanEdge, an_application_has_its_own_member) {
  auto& edge =
      sites_.start_a({{"rules",
                       {{{"name", "web"}, {"strategy", "manual"}, {"applications", {"HTTP"}}, {"members", {"m2"}}},
                        {{"name", "main"}, {"strategy", "manual"}, {"members", {"m1", "m2"}}}}}});
  sites_.start_b();
  ASSERT_TRUE(sites_.wait([&] { return edge.alive("m1") && edge.alive("m2") && sites_.edge_b->alive("m1"); }));
  const auto listener = listen_tcp(sites_.server, "10.2.0.10", 4321);  // not HTTP's port
  const auto client = connect_tcp(sites_.client, "10.1.0.10", "10.2.0.10", 4321);
  ASSERT_TRUE(client);
  const sys::Fd server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const auto round = [&] {
    const std::string request =
        "GET /index.html HTTP/1.1\r\nHost: app.example.com\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n";
    ::send(client.get(), request.data(), request.size(), MSG_NOSIGNAL);
    EXPECT_THAT(exchange(server.get(), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"),
                HasSubstr("GET"));
    EXPECT_THAT(exchange(client.get(), ""), HasSubstr("200 OK"));
  };
  for (const char* path : {"m1", "m2"}) sites_.b.watch(path, "tcp dport 4321");
  round();
  EXPECT_GT(sites_.b.seen("m1"), 0u) << "unknown until its first payload has been read";
  ASSERT_TRUE(sites_.wait([&] {
    round();
    return sites_.b.seen("m2") > 0;
  }));
  for (const char* path : {"m1", "m2"}) sites_.b.watch(path, "tcp dport 4321");
  round();
  EXPECT_EQ(sites_.b.seen("m1"), 0u);
  EXPECT_GT(sites_.b.seen("m2"), 0u);
  EXPECT_EQ(edge.state()["applications"][0]["name"], "HTTP");
}

json pair(const std::string& folder) { return {{"ha", {{"fifo", folder + "/notify"}, {"probe_port", 8008}}}}; }

void notify(const std::string& folder, const std::string& state) {
  std::ofstream(folder + "/notify") << "INSTANCE \"fgt\" " << state << " 200\n" << std::flush;
}

TEST_F(SdwanEdge, acts_and_answers_probes_only_while_master) {
  auto& edge = sites_.start_a(pair(sites_.folder));
  EXPECT_EQ(edge.state()["role"], "BACKUP");
  EXPECT_FALSE(connect_tcp(sites_.client, "", "10.1.0.1", 8008));
  notify(sites_.folder, "MASTER");
  ASSERT_TRUE(sites_.wait([&] { return edge.alive("m1"); }));
  EXPECT_EQ(edge.state()["role"], "MASTER");
  EXPECT_TRUE(connect_tcp(sites_.client, "", "10.1.0.1", 8008));
  notify(sites_.folder, "BACKUP");
  ASSERT_TRUE(sites_.wait([&] { return edge.state()["role"] == "BACKUP"; }));
  EXPECT_FALSE(connect_tcp(sites_.client, "", "10.1.0.1", 8008));
  EXPECT_FALSE(edge.alive("m1"));
  notify(sites_.folder, "FAULT");
  EXPECT_EQ(edge.chosen("main"), "");
}

TEST_F(SdwanEdge, probe_answers_leave_by_the_interface_of_the_probe) {
  // The platform's address is on both sides of the edge, as Azure's 168.63.129.16 is on every NIC.
  const std::string platform = "168.63.129.16";
  sites_.client.netlink.commit(kernel::address_add("lo", *InterfaceAddress::parse(platform + "/32")));
  sites_.b.netlink.commit(kernel::address_add("lo", *InterfaceAddress::parse(platform + "/32")));
  auto& edge = sites_.start_a(pair(sites_.folder));
  notify(sites_.folder, "MASTER");
  ASSERT_TRUE(sites_.wait([&] { return edge.state()["role"] == "MASTER"; }));
  EXPECT_TRUE(connect_tcp(sites_.client, platform, "10.1.0.1", 8008));
  EXPECT_TRUE(connect_tcp(sites_.b, platform, "192.0.2.1", 8008));
  EXPECT_TRUE(connect_tcp(sites_.b, platform, "198.51.100.1", 8008));
  EXPECT_TRUE(connect_tcp(sites_.client, platform, "10.1.0.1", 8008)) << "and again";
  EXPECT_EQ(sites_.leaked(), 0u) << "the default route would take it elsewhere";
}

TEST_F(SdwanEdge, tells_what_happens_with_monotonic_times) {
  auto& edge = sites_.start_a();
  ASSERT_TRUE(sites_.wait([&] { return edge.alive("m1") && edge.alive("m2"); }));
  sys::LineClient subscriber(edge.socket());
  subscriber.send(R"({"get":"subscribe"})");
  subscriber.send(R"({"get":"state"})");
  subscriber.receive(2s);  // the answer: it is subscribed
  const auto before = sys::now();
  sites_.cut("m1");
  std::vector<std::string> kinds, texts;
  int took = 0;
  while (kinds.empty() || kinds.back() != "steered") {
    const auto event = json::parse(subscriber.receive(5s));
    kinds.push_back(event["event"]);
    EXPECT_GE(event["at"].get<std::int64_t>(), before.count());
    EXPECT_LE(event["at"].get<std::int64_t>(), sys::now().count());
    texts.push_back(event["text"]);
    took = event.value("took_us", 0);
  }
  EXPECT_THAT(texts, testing::Contains("member m1 dead: 5 probes lost"));
  EXPECT_GT(took, 0);
  EXPECT_THAT(kinds, testing::ElementsAre("probe", "member", "decision", "decision", "steered"));
}

}  // namespace
}  // namespace xconn::sdwan::test
