// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "services/router_config.hh"

namespace xconn::services {
namespace {

plan::Node node(std::uint32_t asn) {
  plan::Node made{.name = "r"};
  made.bgp = {.asn = *Asn::of(asn)};
  return made;
}

void longer(network::Speaker& speaker) { speaker.maximum_paths += 1; }

TEST(RouterConfig, EditsStandOnTopOfThePlanWhateverThatIs) {
  RouterConfig config(node(65001));
  config.edit(1, longer);
  config.edit(2, [](network::Speaker& speaker) { speaker.maximum_paths *= 10; });
  EXPECT_EQ(config.wanted().bgp->maximum_paths, 20) << "in their order";
  config.plan(node(65002));
  EXPECT_EQ(config.wanted().bgp->asn, *Asn::of(65002));
  EXPECT_EQ(config.wanted().bgp->maximum_paths, 20);
  config.undo(1);
  EXPECT_EQ(config.wanted().bgp->maximum_paths, 10);
  config.undo(2);
  config.undo(7);
  EXPECT_EQ(config.wanted().bgp, node(65002).bgp);
}

TEST(RouterConfig, WhatTheUserReplacedIsNotEdited) {
  plan::Node replaced{.name = "r", .frr_lines = "router bgp 1\n"};
  RouterConfig config(replaced);
  config.edit(1, longer);
  EXPECT_FALSE(config.wanted().bgp);
  EXPECT_EQ(config.wanted().users_text, "router bgp 1\n");
}

}  // namespace
}  // namespace xconn::services
