// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/neighbour.h>

#include "lab/reasons.hh"

namespace xconn::lab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct NeighbourReasons : testing::Test {
  void hear(std::uint16_t state, bool gone = false, const char* address = "192.0.2.98") {
    reasons.neighbour(time, {"er.28", *Address::parse(address), {}, state, {}}, gone);
  }
  std::chrono::nanoseconds time = 1s;
  std::vector<std::string> told;
  Reasons reasons{"ce", [this](const services::Event& event) { told.push_back(event.source + " " + event.text); }};
};

TEST_F(NeighbourReasons, OneThatDoesNotAnswerIsToldOnceAndKeptUntilItDoes) {
  hear(NUD_INCOMPLETE);
  EXPECT_THAT(reasons.at(time), IsEmpty()) << "it may still answer";
  hear(NUD_FAILED);
  hear(NUD_FAILED);
  EXPECT_THAT(told, ElementsAre("arp 192.0.2.98 does not answer ARP on er.28"));
  EXPECT_THAT(reasons.at(time), ElementsAre("192.0.2.98 does not answer ARP on er.28"));
  hear(NUD_REACHABLE);
  EXPECT_THAT(reasons.at(time), IsEmpty());
  hear(NUD_FAILED);
  EXPECT_EQ(told.size(), 2U) << "and again, when it has stopped";
}

TEST_F(NeighbourReasons, OneThatIsForgottenAndAskedForAgainIsTheSameSilence) {
  hear(NUD_FAILED);
  for (int i = 0; i < 5; ++i) {
    time += 3s;
    hear(NUD_FAILED, true);
    hear(NUD_INCOMPLETE);
    EXPECT_EQ(reasons.at(time).size(), 1U);
    hear(NUD_FAILED);
  }
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(NeighbourReasons, OneThatIsForgottenAndNobodyAsksForIsNoReason) {
  hear(NUD_FAILED);
  hear(NUD_FAILED, true);
  time += 11s;
  EXPECT_THAT(reasons.at(time), IsEmpty());
  hear(NUD_FAILED);
  EXPECT_EQ(told.size(), 2U) << "that is another time";
}

TEST_F(NeighbourReasons, Ipv6HasItsOwnWord) {
  hear(NUD_FAILED, false, "2001:db8::1");
  EXPECT_THAT(reasons.at(time), ElementsAre("2001:db8::1 does not answer neighbour discovery on er.28"));
}

}  // namespace
}  // namespace xconn::lab
