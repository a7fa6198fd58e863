// SPDX-License-Identifier: Apache-2.0
// xconn-sdwan --config FILE --socket PATH [--name NODE]: the SD-WAN edge of the network namespace that it runs in.
#include "nodes/control/control.hh"
#include "nodes/edge/daemon/edge.hh"
#include "sys/file.hh"
#include "sys/loop.hh"

int main(int argc, char** argv) {
  using namespace xconn;
  return control::run(argc, argv, "the SD-WAN edge of one node", [](sys::Loop& loop, const control::Options& options) {
    auto config = sdwan::parse_config(sys::read_file(options.config));
    if (!options.name.empty()) config.node = options.name;
    sdwan::Edge edge(loop, std::move(config), options.socket);
    loop.run();
  });
}
