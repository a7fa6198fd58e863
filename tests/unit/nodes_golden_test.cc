// SPDX-License-Identifier: Apache-2.0
// Whole reference topologies against the plans that were reviewed. XCONN_UPDATE_GOLDEN=1 writes them anew.
//
// A golden is for eyes: a thing takes a line where it fits one, and so does each line of a file. Files that say what a
// type of the plan says are left out: frr.conf ("bgp"), sdwan.json ("sdwan"), lb.json ("balancer").
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "frr/router.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "tests/golden.hh"

namespace xconn::nodes {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 160;

/// A text of several lines is a list of them.
void split_lines(Json& value) {
  if (value.is_structured()) {
    for (auto& part : value) split_lines(part);
  } else if (value.is_string() && value.get<std::string>().find('\n') != std::string::npos) {
    std::istringstream text(value.get<std::string>());
    value = Json::array();
    for (std::string line; std::getline(text, line);) value.push_back(line);
  }
}

bool fits(const Json& value, std::size_t depth) {
  const bool is_list_of_things = value.is_array() && !value.empty() && value.front().is_object();
  return !value.is_structured() || (!is_list_of_things && depth + value.dump().size() <= kWidth);
}

std::string for_eyes(const Json& value, std::size_t depth = 0) {
  if (fits(value, depth)) return value.dump();
  std::string text;
  for (const auto& [key, part] : value.items())
    text += (text.empty() ? "\n" : ",\n") + std::string(depth + 1, ' ') +
            (value.is_object() ? Json(key).dump() + ": " : "") + for_eyes(part, depth + 1);
  text += "\n" + std::string(depth, ' ');
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

void leave_out(plan::Node& node, const std::string& file) {
  EXPECT_EQ(std::erase_if(node.files, [&](const plan::File& one) { return one.name == file; }), 1U) << file;
}

void leave_out_what_types_say(plan::Node& node) {
  if (node.bgp) {
    const auto file = std::ranges::find(node.files, plan::kFrrFile, &plan::File::name);
    EXPECT_EQ(file->content, frr::text(node.name, *node.bgp) + node.frr_lines);
    leave_out(node, plan::kFrrFile);
  }
  if (node.sdwan) leave_out(node, "sdwan.json");
  if (node.balancer) leave_out(node, "lb.json");
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, PlanIsTheReviewedOne) {
  const std::string source = kSourceDir, name = GetParam();
  auto plan = make_plan(model::read(source + "/topologies/" + name));
  EXPECT_EQ(plan::from_json(plan::to_json(plan, true)), plan);
  for (auto& node : plan.nodes) leave_out_what_types_say(node);
  Json json = plan::to_json(plan, true);
  split_lines(json);
  expect_golden(for_eyes(json) + "\n", name + ".plan.json");
}

INSTANTIATE_TEST_SUITE_P(Topologies, Golden,
                         testing::Values("aviatrix-encryption", "bfd-on-off", "chain", "er-direct", "er-vpn-backup",
                                         "microsoft-peering", "private-peering", "sdwan-expressroute", "transit-vnet",
                                         "two-circuits", "vpn-over-er"));

}  // namespace
}  // namespace xconn::nodes
