// SPDX-License-Identifier: Apache-2.0
// xconn-lb: Azure's load balancer for a lab. Runs in the load balancer's network namespace.
#include <nlohmann/json.hpp>

#include "nodes/control/control.hh"
#include "nodes/load-balancer/daemon/balancer.hh"
#include "nodes/load-balancer/daemon/config.hh"
#include "sys/loop.hh"

int main(int argc, char** argv) {
  using namespace xconn;
  return control::run(
      argc, argv, "the load balancer of a Crossconnect lab", [](sys::Loop& loop, const control::Options& options) {
        lb::Balancer balancer(loop, lb::parse_config(control::read_config(options.config)));
        control::Control control(
            loop, options.socket, [&] { return balancer.state(); },
            [&](const nlohmann::json& config) { balancer.configure(lb::parse_config(config)); });
        balancer.start([&](const lb::Event& event) {
          control.publish(event.at, event.event, event.text, {{"backend", event.backend}, {"healthy", event.healthy}});
        });
        loop.run();
      });
}
