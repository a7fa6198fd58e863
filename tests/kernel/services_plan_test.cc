// SPDX-License-Identifier: Apache-2.0
// The reference topology's own configurations, given to the real daemons: none refuses a line.
#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "services_ground.hh"
#include "tests/source_dir.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;

bool needs_no_interface(const plan::Service& service) { return service.kind == "frr" || service.kind == "strongswan"; }

class ReferencePlan : public Ground {};

TEST_F(ReferencePlan, ItsRoutersAndTunnelEndsStart) {
  const auto plan = nodes::make_plan(model::read(std::string(kSourceDir) + "/topologies/sdwan-expressroute"));
  std::size_t count = 0;
  for (auto planned : plan.nodes) {
    std::erase_if(planned.services, [](const auto& service) { return !needs_no_interface(service); });
    if (planned.services.empty()) continue;
    count += planned.services.size();
    node(planned);
  }
  ASSERT_GT(count, 15U);
  const auto before = sys::now();
  start();
  std::printf("%zu daemons of the reference plan: ready after %d ms\n", count,
              static_cast<int>((sys::now() - before) / 1ms));
}

}  // namespace
}  // namespace xconn::services
