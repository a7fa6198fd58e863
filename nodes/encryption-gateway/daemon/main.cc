// SPDX-License-Identifier: Apache-2.0
// xconn-encryption: the controller of a pair of encryption gateways, or what reports to it on each of them.
#include <nlohmann/json.hpp>

#include "nodes/control/control.hh"
#include "nodes/encryption-gateway/daemon/controller.hh"
#include "nodes/encryption-gateway/daemon/reporter.hh"
#include "sys/clock.hh"

namespace {

using namespace xconn;

void run_controller(sys::Loop& loop, const std::string& socket, const encryption::Control& config) {
  encryption::Controller controller(loop, config);
  control::Control served(loop, socket, [&] { return controller.state(); });
  controller.start([&](const std::string& event, const std::string& text) { served.publish(sys::now(), event, text); });
  loop.run();
}

void run_reporter(sys::Loop& loop, const std::string& socket, const encryption::Report& config) {
  const encryption::Reporter reporter(loop, config);
  const control::Control served(loop, socket, [&] { return reporter.state(); });
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  return control::run(argc, argv, "the controller of a pair of encryption gateways, or a gateway's keepalives to it",
                      [](sys::Loop& loop, const control::Options& options) {
                        const auto config = encryption::parse_config(control::read_config(options.config));
                        config.control ? run_controller(loop, options.socket, *config.control)
                                       : run_reporter(loop, options.socket, *config.report);
                      });
}
