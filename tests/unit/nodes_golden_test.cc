// Whole reference topologies against the plans that were reviewed. XCONN_UPDATE_GOLDEN=1 writes them anew.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/read.hh"
#include "nodes/compose.hh"
#include "tests/golden.hh"

namespace xconn::nodes {
namespace {

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, PlanIsTheReviewedOne) {
  const std::string source = kSourceDir, name = GetParam();
  const auto plan = compose(model::read(source + "/topologies/" + name));
  const auto text = plan::to_json(plan, true).dump(1) + "\n";
  expect_golden(text, name + ".plan.json");
  EXPECT_EQ(plan::from_json(nlohmann::json::parse(text)), plan);
}

INSTANTIATE_TEST_SUITE_P(Topologies, Golden,
                         testing::Values("aviatrix-encryption", "bfd-on-off", "chain", "er-direct", "er-vpn-backup",
                                         "microsoft-peering", "private-peering", "sdwan-expressroute", "transit-vnet",
                                         "two-circuits", "vpn-over-er"));

}  // namespace
}  // namespace xconn::nodes
