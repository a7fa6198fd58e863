// SPDX-License-Identifier: Apache-2.0
// What the orchestrator asks of a load balancer's daemon while it runs; lb_internal_test has what the daemon does then.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "network/fields.hh"
#include "services_ground.hh"

namespace xconn::services {
namespace {

using testing::HasSubstr;

/// Takes another probe in place, as xconn-lb does.
constexpr auto kFakeBalancer = R"(
import json, socket, sys, threading
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
configured = json.load(open(arguments["--config"]))
def take(other):
    global configured
    if {**other, "probe": 0} != {**configured, "probe": 0}:
        return {"error": "not in place"}
    configured = other
    return {"configured": True}
def serve(connection):
    for line in connection.makefile():
        asked = json.loads(line)
        answer = take(asked["configure"]) if "configure" in asked else {"port": configured["probe"]["port"]}
        if asked.get("get") != "subscribe":
            connection.sendall(json.dumps(answer).encode() + b"\n")
listener = socket.socket(socket.AF_UNIX)
listener.bind(arguments["--socket"])
listener.listen()
while True:
    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
)";

class Balancers : public Ground {
 protected:
  Balancers() {
    play("xconn-lb", kFakeBalancer);
    node("lb", {{"lb.json", text(config)}}, {{.kind = "load-balancer", .name = "lb", .config = "lb.json"}});
    start();
    pids = service().process_ids();
  }
  static std::string text(const network::Balancer& config) { return fields::encode(config).dump(); }
  NodeServices& services() { return *nodes_[0].services; }
  Service& service() { return services().at("lb"); }
  int port() { return state(service())["port"]; }
  void change(const network::Balancer& to) {
    sys::write_file(nodes_[0].folder + "/lb.json", text(to), 0600);
    services().change(nodes_[0].plan, {"lb.json"});
    wait_ready();
  }
  void edit(int number, std::uint16_t port) {
    services().edit_probe("lb", number, [port](network::Probe& probe) { probe.port = port; }, {});
    wait_ready();
  }

  const Address any = *Address::parse("192.0.2.1");
  network::Balancer config{.name = "lb", .frontend = any, .probe_source = any, .probe = {.port = 8008}};
  std::vector<int> pids;
};

TEST_F(Balancers, AnotherProbeIsTakenInPlace) {
  config.probe.port = 8010;
  change(config);
  EXPECT_EQ(port(), 8010);
  EXPECT_EQ(service().process_ids(), pids);
}

TEST_F(Balancers, AnythingElseIsForARestart) {
  config.tcp_reset = true;
  config.probe.port = 8010;
  change(config);
  EXPECT_EQ(port(), 8010);
  EXPECT_NE(service().process_ids(), pids);
  EXPECT_THAT(seen_events(), HasSubstr("lb is started again, for it did not take its new configuration in place"));
}

TEST_F(Balancers, AnEditOfTheProbeOutlivesARestart) {
  edit(1, 8009);
  EXPECT_EQ(port(), 8009);
  EXPECT_EQ(service().process_ids(), pids);
  services().restart("lb");
  wait_ready();
  EXPECT_EQ(port(), 8009);
  edit(2, 8011);
  services().undo_probe("lb", 2, {});
  wait_ready();
  EXPECT_EQ(port(), 8009);
  services().undo_probe("lb", 1, {});
  wait_ready();
  EXPECT_EQ(port(), 8008);
}

}  // namespace
}  // namespace xconn::services
