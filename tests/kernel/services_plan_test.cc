// The reference topology's own configurations, given to the real daemons: none refuses a line.
#include <nlohmann/json.hpp>

#include "services_ground.hh"
#include "tests/source_dir.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;

bool needs_no_interface(const plan::Service& service) { return service.kind == "frr" || service.kind == "strongswan"; }

class ReferencePlan : public Ground {};

TEST_F(ReferencePlan, ItsRoutersAndTunnelEndsStart) {
  const auto text = sys::read_file(std::string(kSourceDir) + "/tests/unit/golden/sdwan-expressroute.plan.json");
  const auto plan = plan::from_json(nlohmann::json::parse(text));
  std::size_t count = 0;
  for (const auto& planned : plan.nodes) {
    auto services = planned.services;
    std::erase_if(services, [](const auto& service) { return !needs_no_interface(service); });
    if (services.empty()) continue;
    count += services.size();
    node(planned.name, planned.files, services);
  }
  ASSERT_GT(count, 15U);
  const auto before = sys::now();
  start();
  std::printf("%zu daemons of the reference plan: ready after %d ms\n", count,
              static_cast<int>((sys::now() - before) / 1ms));
}

}  // namespace
}  // namespace xconn::services
