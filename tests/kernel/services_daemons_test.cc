// SPDX-License-Identifier: Apache-2.0
// strongSwan, keepalived, nftables, our own daemons' protocol, and programs that fail.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "services/nftables.hh"
#include "services/strongswan.hh"
#include "services/vici.hh"
#include "services_ground.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

// --- strongSwan ------------------------------------------------------------------------------------------------------

constexpr auto kStrongswan = R"(charon {
  load = random nonce openssl kdf hmac sha1 sha2 aes gcm kernel-libipsec kernel-netlink socket-default vici
  install_routes = no
  routing_table = 220
  routing_table_prio = 40000
  retransmit_tries = 2
  retransmit_timeout = 0.3
  retransmit_base = 1.3
  plugins {
    kernel-libipsec {
      allow_peer_ts = yes
    }
  }
}
)";

std::string swanctl(const std::string& local, const std::string& remote, const std::string& start) {
  return "connections {\n vpn {\n  version = 2\n  local_addrs = " + local + "\n  remote_addrs = " + remote +
         "\n  proposals = aes256-sha256-modp1024\n  dpd_delay = 1s\n  encap = yes\n  keyingtries = 0\n" +
         "  local {\n   auth = psk\n  }\n  remote {\n   auth = psk\n  }\n  children {\n   net {\n" +
         "    local_ts = 0.0.0.0/0\n    remote_ts = 0.0.0.0/0\n    esp_proposals = aes256gcm16\n    start_action = " +
         start + "\n    dpd_action = " + (start == "start" ? "restart" : "clear") +
         "\n   }\n  }\n }\n}\nsecrets {\n ike-1 {\n  secret = \"psk-of-the-test\"\n }\n}\n";
}

class Ipsec : public Ground {
 protected:
  void make_peers() {
    const std::vector<plan::Service> charon{{.kind = "strongswan", .name = "charon", .config = "swanctl.conf"}};
    gw_ = &node("gw", {{"strongswan.conf", kStrongswan}, {"swanctl.conf", swanctl("192.0.2.2", "192.0.2.1", "none")}},
                charon);
    edge_ = &node(
        "edge", {{"strongswan.conf", kStrongswan}, {"swanctl.conf", swanctl("192.0.2.1", "192.0.2.2", "start"), true}},
        charon);
    link(*edge_, "192.0.2.1/30", *gw_, "192.0.2.2/30");
  }
  TestNode *edge_ = nullptr, *gw_ = nullptr;
};

TEST_F(Ipsec, AChildSaComesUpAndDpdBringsItBackAfterACrash) {
  make_peers();
  const auto before = sys::now();
  start();
  const auto ready = sys::now() - before;
  wait_fact({"edge", "child-sa", "vpn/net", "INSTALLED"});
  wait_fact({"gw", "child-sa", "vpn/net", "INSTALLED"});
  const auto up = wait_event("edge", "ike", "CHILD_SA vpn/net up");
  wait_event("gw", "ike", "IKE_SA vpn up");
  std::printf("two charons: ready after %d ms, CHILD_SA after %d ms\n", static_cast<int>(ready / 1ms),
              static_cast<int>((up.at - before) / 1ms));

  const auto crashed = sys::now();
  gw_->services->at("charon").signal(SIGKILL);
  wait_event("gw", "service", "charon ended: killed by SIGKILL", crashed);
  gw_->services->restart("charon");
  wait_ready();
  const auto down = wait_event("edge", "ike", "CHILD_SA vpn/net down", crashed);
  const auto again = wait_event("edge", "ike", "CHILD_SA vpn/net up", down.at);
  EXPECT_GT(again.at, down.at);
  wait_fact({"gw", "child-sa", "vpn/net", "INSTALLED"});
}

/// What the peer refuses an initiation with, and the line of its configuration that makes it do so.
struct Refusal {
  const char *name, *right, *wrong;
};

class IpsecRefused : public Ipsec, public testing::WithParamInterface<Refusal> {};

TEST_P(IpsecRefused, AnInitiatorTriesAgain) {
  make_peers();
  const auto file = gw_->folder + "/swanctl.conf";
  const auto right = swanctl("192.0.2.2", "192.0.2.1", "none");
  auto wrong = right;
  wrong.replace(wrong.find(GetParam().right), std::string(GetParam().right).size(), GetParam().wrong);
  sys::write_file(file, wrong);
  start();
  loop_.wait("the refusal", 10s, [&]() -> std::optional<std::string> {
    const auto log = sys::read_file(edge_->folder + "/charon.log");
    if (log.find(GetParam().name) == std::string::npos) return "not in the initiator's log yet";
    return std::nullopt;
  });
  sys::write_file(file, right);
  gw_->services->restart("charon");
  wait_fact({"edge", "child-sa", "vpn/net", "INSTALLED"});
  wait_fact({"gw", "child-sa", "vpn/net", "INSTALLED"});
}

INSTANTIATE_TEST_SUITE_P(Reasons, IpsecRefused,
                         testing::Values(Refusal{"NO_PROP", "modp1024", "modp2048"},
                                         Refusal{"AUTH_FAILED", "psk-of-the-test", "psk-of-another"}),
                         [](const auto& reason) { return std::string(reason.param.name); });

TEST_F(Ipsec, AnInitiatorBringsBackWhatThePeerDeleted) {
  make_peers();
  start();
  wait_fact({"edge", "child-sa", "vpn/net", "INSTALLED"});
  auto& charon = dynamic_cast<Charon&>(gw_->services->at("charon"));
  for (const auto& what : {json{{"child", "net"}}, json{{"ike", "vpn"}}}) {
    const auto before = sys::now();
    call(charon, "terminate", what);
    const auto down = wait_event("edge", "ike", "CHILD_SA vpn/net down", before);
    wait_event("edge", "ike", "CHILD_SA vpn/net up", down.at);
    wait_fact({"gw", "child-sa", "vpn/net", "INSTALLED"});
  }
  const auto sas = state(charon)["sas"]["vpn"];
  ASSERT_EQ(sas.size(), 1U);
  EXPECT_EQ(sas[0]["child-sas"].size(), 1U);
}

TEST_F(Ipsec, CommandsOverVici) {
  make_peers();
  start();
  wait_fact({"edge", "child-sa", "vpn/net", "INSTALLED"});
  auto& charon = dynamic_cast<Charon&>(edge_->services->at("charon"));
  EXPECT_EQ(state(charon)["sas"]["vpn"][0]["state"], "ESTABLISHED");
  const auto connections = call(charon, "list-conns", {}, "list-conn");
  ASSERT_EQ(connections.streamed.size(), 1U);
  EXPECT_EQ(connections.streamed[0]["vpn"]["children"]["net"]["mode"], "TUNNEL");
  const auto before = sys::now();
  call(charon, "rekey", {{"child", "net"}});
  wait_event("edge", "ike", "CHILD_SA vpn/net rekeyed", before);
  call(charon, "terminate", {{"ike", "vpn"}});
  wait_event("gw", "ike", "IKE_SA vpn down", before);
  EXPECT_THROW(call(charon, "terminate", {{"ike", "other"}}), Error);
  EXPECT_THROW(call(charon, "no-such-command"), Error);
}

TEST_F(Ipsec, AConfigurationThatCannotBeLoadedIsAServiceError) {
  node("bad",
       {{"strongswan.conf", kStrongswan}, {"swanctl.conf", "connections {\n vpn {\n  proposals = nonsense\n }\n}\n"}},
       {{.kind = "strongswan", .name = "charon", .config = "swanctl.conf"}});
  try {
    start();
    FAIL() << "charon took it";
  } catch (const ServiceError& error) {
    EXPECT_THAT(error.status(), HasSubstr("invalid value for: proposals"));
  }
}

// --- keepalived ------------------------------------------------------------------------------------------------------

std::string keepalived_conf(const std::string& self, const std::string& peer, int priority) {
  return "global_defs {\n router_id " + self +
         "\n vrrp_version 3\n}\nvrrp_instance fgt {\n state BACKUP\n interface eth0\n"
         " virtual_router_id 51\n priority " +
         std::to_string(priority) + "\n advert_int 0.2\n unicast_src_ip " + self + "\n unicast_peer {\n  " + peer +
         "\n }\n virtual_ipaddress {\n  10.0.0.100/32 dev lo\n }\n}\n";
}

class Vrrp : public Ground {};

TEST_F(Vrrp, ElectsOneAndFailsOver) {
  const std::vector<plan::Service> service{{.kind = "keepalived", .name = "keepalived", .config = "keepalived.conf"}};
  auto& a = node("a", {{"keepalived.conf", keepalived_conf("10.0.0.1", "10.0.0.2", 200)}}, service);
  auto& b = node("b", {{"keepalived.conf", keepalived_conf("10.0.0.2", "10.0.0.1", 100)}}, service);
  link(a, "10.0.0.1/30", b, "10.0.0.2/30");
  const auto before = sys::now();
  start();
  std::printf("two keepalived: ready after %d ms\n", static_cast<int>((sys::now() - before) / 1ms));
  wait_fact({"a", "vrrp", "fgt", "MASTER"});
  wait_fact({"b", "vrrp", "fgt", "BACKUP"});
  EXPECT_EQ(a.services->at("keepalived").process_ids().size(), 2U);

  const auto crashed = sys::now();
  a.services->at("keepalived").hold(true);
  a.services->at("keepalived").signal(SIGKILL);
  const auto master = wait_event("b", "ha", "fgt is MASTER", crashed);
  EXPECT_LT(master.at - crashed, 3s);
  a.services->at("keepalived").hold(false);
  a.services->restart("keepalived");
  wait_ready();
  wait_event("b", "ha", "fgt is BACKUP", master.at);
  wait_fact({"a", "vrrp", "fgt", "MASTER"});
}

// --- nftables --------------------------------------------------------------------------------------------------------

TEST(Nftables, ARulesetIsAppliedAndReadBack) {
  const auto netns = sys::Netns::create();
  apply_ruleset(netns,
                "table inet t {\n chain c {\n  type filter hook input priority 0; policy accept;\n"
                "  udp dport 500 counter drop\n }\n}\n");
  const auto rules = read_ruleset(netns, "list table inet t");
  EXPECT_THAT(rules.dump(), HasSubstr("\"right\":500"));
  apply_ruleset_json(netns, json{{"nftables", {{{"flush", {{"ruleset", nullptr}}}}}}});
  EXPECT_THAT(read_ruleset(netns).dump(), testing::Not(HasSubstr("\"table\"")));
}

TEST(Nftables, ABadRulesetGivesItsSentenceAndChangesNothing) {
  const auto netns = sys::Netns::create();
  try {
    apply_ruleset(netns, "table inet t {\n chain c {\n  udp dport nowhere drop\n }\n}\n", "fw");
    FAIL() << "it was taken";
  } catch (const KernelError& error) {
    EXPECT_THAT(error.sentence(), HasSubstr("line 3:13-19: Error: "));
    EXPECT_THAT(error.sentence(), HasSubstr("Could not resolve service"));
    EXPECT_THAT(error.what(), HasSubstr("ruleset in fw: Invalid argument"));
  }
  EXPECT_THROW(apply_ruleset(netns, "add table inet ok\nadd rule inet absent chain accept\n"), KernelError);
  EXPECT_THAT(read_ruleset(netns).dump(), testing::Not(HasSubstr("\"table\"")));
}

// --- programs that fail, and our own protocol ------------------------------------------------------------------------

class Programs : public Ground {
 protected:
  void wait_file(const std::string& path) {
    loop_.wait(path, 10s, [&]() -> std::optional<std::string> {
      if (sys::read_file_if_present(path)) return std::nullopt;
      return "not there";
    });
  }
};

TEST_F(Programs, OneThatDiesAtItsStartTellsItsLastLines) {
  play("xconn-echo", "import sys\nprint('line one')\nprint('cannot bind', file=sys.stderr, flush=True)\nsys.exit(3)\n");
  node("n", {},
       {{.kind = "echo", .name = "echo"},
        {.kind = "command", .name = "later", .arguments = {"sleep", "9"}, .after = {"echo"}}});
  try {
    start();
    FAIL() << "it lives";
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.status(), "exit status 3");
    EXPECT_THAT(error.last_log_lines(), testing::UnorderedElementsAre("line one", "cannot bind"));
    EXPECT_THAT(error.argv().at(0), testing::EndsWith("/xconn-echo"));
  }
  EXPECT_FALSE(nodes_[0].services->at("later").started());
}

TEST_F(Programs, OneThatKeepsDyingIsTriedAgainWithGrowingPauses) {
  auto& n = node(
      "n", {}, {{.kind = "command", .name = "c", .arguments = {"false"}, .restart = network::RestartPolicy::kAlways}});
  n.services->start();
  loop_.wait("three more ends", 20s, [&]() -> std::optional<std::string> {
    if (std::ranges::count_if(events_, [](const Event& e) { return e.text.starts_with("c ended: exit status 1"); }) > 3)
      return std::nullopt;
    return seen_events();
  });
  EXPECT_THAT(events_.front().text, "c ended: exit status 1; it starts again in 1s");
  EXPECT_GT(events_.back().at - events_.front().at, 3900ms) << seen_events();
  EXPECT_THROW(n.services->missing(), ServiceError) << "nobody waits for it";
}

TEST_F(Programs, StoppingDoesNotHoldUpTheLoopAndEndsWithAKill) {
  auto& n = node("n", {},
                 {{.kind = "command",
                   .name = "deaf",
                   .arguments = {"sh", "-c", "trap '' TERM; touch @RUN@/deaf; sleep 60; true"}}});
  start();
  wait_file(n.folder + "/deaf");
  const auto pid = n.services->at("deaf").process_ids().front();
  bool ended = false;
  const auto asked = sys::now();
  n.services->stop(300ms, sys::Join::begin(loop_, [&](const auto&) { ended = true; }));
  EXPECT_LT(sys::now() - asked, 100ms);
  bool elsewhere = false;
  const auto meanwhile = sys::Timer::once(loop_, 50ms, [&] { elsewhere = !ended; });
  loop_.wait("its end", 10s, [&]() -> std::optional<std::string> {
    if (ended) return std::nullopt;
    return "it still runs";
  });
  EXPECT_TRUE(elsewhere);
  EXPECT_GE(sys::now() - asked, 300ms);
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_FALSE(n.services->at("deaf").started());
}

TEST_F(Programs, AnotherWayOfRunningStartsOnceTheFirstHasEnded) {
  auto& n = node(
      "n", {},
      {{.kind = "command", .name = "c", .arguments = {"sh", "-c", "trap '' TERM; touch @RUN@/deaf; sleep 60; true"}}});
  start();
  wait_file(n.folder + "/deaf");
  const auto before = n.services->at("c").process_ids().front();
  auto changed = n.plan;
  changed.services = {{.kind = "command", .name = "c", .arguments = {"sleep", "60"}}};
  n.services->change(changed, {});
  EXPECT_THAT(n.services->missing().value_or(""), HasSubstr("n: c: "));
  EXPECT_FALSE(n.services->at("c").started()) << "beside the one that is still ending";
  wait_ready();
  EXPECT_NE(::kill(before, 0), 0);
  EXPECT_TRUE(n.services->at("c").running());
}

TEST_F(Programs, UnknownKindsServicesAndProgramsAreNamed) {
  EXPECT_THROW(node("a", {}, {{.kind = "quagga", .name = "x"}}), NotFoundError);
  EXPECT_THROW(node("b", {}, {{.kind = "command", .name = "x", .arguments = {"true"}, .after = {"y"}}}), NotFoundError);
  auto& c = node("c", {}, {{.kind = "command", .name = "x", .arguments = {"no-such-program"}}});
  EXPECT_THROW(c.services->at("y"), NotFoundError);
  EXPECT_THROW(c.services->start(), HostError);
}

constexpr auto kFakeEdge = R"(
import json, os, socket, sys, threading, time
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
configured = json.load(open(arguments["--config"]))
listener = socket.socket(socket.AF_UNIX)
listener.bind(arguments["--socket"])
time.sleep(0.02)
listener.listen()
alive = False
def serve(connection):
    global alive
    for line in connection.makefile():
        if json.loads(line)["get"] == "state":
            state = {"members": [{"name": name, "alive": alive} for name in configured["members"]]}
            connection.sendall(json.dumps(state).encode() + b"\n")
        else:
            time.sleep(0.1)
            alive = True
            event = {"at": time.monotonic_ns(), "event": "member", "text": "member er: alive"}
            connection.sendall(json.dumps(event).encode() + b"\n")
while True:
    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
)";

TEST_F(Programs, OurDaemonsAreReadyWhenTheyAnswerAndStreamTheirEvents) {
  play("xconn-sdwan", kFakeEdge);
  node("edge", {{"sdwan.json", R"({"members":["er","vpn"]})"}},
       {{.kind = "sdwan-edge", .name = "sdwan", .config = "sdwan.json"}});
  const auto before = sys::now();
  start();
  const auto event = wait_event("edge", "sdwan", "member er: alive", before);
  EXPECT_LE(event.at, sys::now());
  wait_fact({"edge", "sdwan-member", "er", "alive"});
  EXPECT_EQ(state(nodes_[0].services->at("sdwan"))["members"].size(), 2U);
}

}  // namespace
}  // namespace xconn::services
