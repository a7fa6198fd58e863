// Whole reference topologies against the plans that were reviewed. XCONN_UPDATE_GOLDEN=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/read.hh"
#include "nodes/compose.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, PlanIsTheReviewedOne) {
  const std::string source = kSourceDir, name = GetParam();
  const auto plan = compose(model::read(source + "/topologies/" + name));
  const auto text = plan::to_json(plan, true).dump(1) + "\n";
  const auto path = source + "/tests/unit/golden/" + name + ".plan.json";
  if (std::getenv("XCONN_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(text, file_text(path)) << "review the difference; XCONN_UPDATE_GOLDEN=1 accepts it";
  EXPECT_EQ(plan::from_json(nlohmann::json::parse(text)), plan);
}

INSTANTIATE_TEST_SUITE_P(Topologies, Golden,
                         testing::Values("aviatrix-encryption", "bfd-on-off", "chain", "er-direct", "er-vpn-backup",
                                         "microsoft-peering", "private-peering", "sdwan-expressroute", "transit-vnet",
                                         "two-circuits", "vpn-over-er"));

}  // namespace
}  // namespace xconn::nodes
