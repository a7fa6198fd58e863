// SPDX-License-Identifier: Apache-2.0
#include "nodes/host/host.hh"

namespace xconn::nodes {

void make_host(const Setting&, Fragment& fragment) {
  fragment.add_file("echo.json", R"({"tcp": [7], "udp": [7], "http": [80]})"
                                 "\n");
  fragment.add_service("echo", "echo", "echo.json");
}

}  // namespace xconn::nodes
