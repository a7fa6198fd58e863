// SPDX-License-Identifier: Apache-2.0
// xconn-echo: what a host of a lab answers with. TCP and UDP echo, and HTTP 200.
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "nodes/control/control.hh"
#include "nodes/host/daemon/config.hh"
#include "nodes/host/daemon/tcp_server.hh"
#include "nodes/host/daemon/udp_echo.hh"
#include "sys/loop.hh"

namespace {

using namespace xconn;
using nlohmann::json;

struct Servers {
  Servers(sys::Loop& loop, const echo::Config& config) {
    for (const auto port : config.udp) udp.push_back(std::make_unique<echo::UdpEcho>(loop, port));
    for (const auto port : config.tcp)
      tcp.push_back(std::make_unique<echo::TcpServer>(loop, port, echo::Answer::kEcho));
    for (const auto port : config.http)
      http.push_back(std::make_unique<echo::TcpServer>(loop, port, echo::Answer::kHttp));
  }
  std::vector<std::unique_ptr<echo::UdpEcho>> udp;
  std::vector<std::unique_ptr<echo::TcpServer>> tcp, http;
};

json tcp_state(const echo::TcpServer& server, const char* answered) {
  const auto& counters = server.counters();
  return {{"port", server.port()},
          {"connections", server.connections()},
          {"accepted", counters.accepted},
          {"displaced", counters.displaced},
          {answered, counters.answered}};
}

json state_of(const Servers& servers) {
  json state = {{"udp", json::array()}, {"tcp", json::array()}, {"http", json::array()}};
  for (const auto& server : servers.udp) {
    const auto& counters = server->counters();
    state["udp"].push_back({{"port", server->port()},
                            {"packets", counters.packets},
                            {"bytes", counters.bytes},
                            {"refused", counters.refused}});
  }
  for (const auto& server : servers.tcp) state["tcp"].push_back(tcp_state(*server, "bytes"));
  for (const auto& server : servers.http) state["http"].push_back(tcp_state(*server, "requests"));
  return state;
}

}  // namespace

int main(int argc, char** argv) {
  return control::run(argc, argv, "TCP and UDP echo and HTTP 200 of a Crossconnect host",
                      [](sys::Loop& loop, const control::Options& options) {
                        const Servers servers(loop, echo::parse_config(control::read_config(options.config)));
                        const control::Control control(loop, options.socket, [&] { return state_of(servers); });
                        loop.run();
                      });
}
