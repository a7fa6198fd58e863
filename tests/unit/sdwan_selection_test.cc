// SPDX-License-Identifier: Apache-2.0
// Which member a rule takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/edge/daemon/selection.hh"

namespace xconn::sdwan {
namespace {

using namespace std::chrono_literals;
using network::LinkCostFactor;
using network::Strategy;

struct Seen {
  const char* unusable = "";
  const char* sla_miss = "";
  int cost = 0;
  int priority = 1;
  Duration held{0};
  std::optional<Duration> latency = 10ms;
  double loss = 0;
};

std::vector<Candidate> candidates(const std::vector<Seen>& all) {
  std::vector<Candidate> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Candidate candidate;
    candidate.member = static_cast<int>(i);
    candidate.name = std::string(1, static_cast<char>('a' + i));
    candidate.unusable = all[i].unusable;
    candidate.sla_miss = all[i].sla_miss;
    candidate.cost = all[i].cost;
    candidate.priority = all[i].priority;
    candidate.held = all[i].held;
    candidate.quality = {all[i].latency, 1ms, all[i].loss, 30};
    result.push_back(candidate);
  }
  return result;
}

struct Case {
  const char* what;
  Strategy strategy;
  std::vector<Seen> members;
  std::vector<int> current;
  std::vector<int> expected;
  LinkCostFactor factor = LinkCostFactor::kLatency;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.what; }

class Selection : public testing::TestWithParam<Case> {};

TEST_P(Selection, chooses) {
  network::SdwanRule rule;
  rule.strategy = GetParam().strategy;
  rule.factor = GetParam().factor;
  const auto all = candidates(GetParam().members);
  const auto choice = choose(rule, all, GetParam().current);
  EXPECT_EQ(choice.members, GetParam().expected) << choice.reason;
  EXPECT_EQ(choose(rule, all, GetParam().current), choice);
}

const Seen kGood{};
const Seen kDead{.unusable = "dead: 5 probes lost"};

INSTANTIATE_TEST_SUITE_P(
    Manual, Selection,
    testing::Values(Case{"first in order", Strategy::kManual, {kGood, kGood}, {}, {0}},
                    Case{"order rules, not cost", Strategy::kManual, {{.cost = 9}, {.cost = 1}}, {}, {0}},
                    Case{"next when dead", Strategy::kManual, {kDead, kGood}, {0}, {1}},
                    Case{"none", Strategy::kManual, {kDead, kDead}, {0}, {}},
                    Case{"no member at all", Strategy::kManual, {}, {}, {}},
                    Case{"sla does not matter", Strategy::kManual, {{.sla_miss = "loss"}, kGood}, {}, {0}},
                    Case{"held stays behind", Strategy::kManual, {{.held = 1s}, kGood}, {1}, {1}},
                    Case{"held but the only one", Strategy::kManual, {{.held = 1s}, kDead}, {1}, {0}}));

INSTANTIATE_TEST_SUITE_P(
    LowestCost, Selection,
    testing::Values(
        Case{"cheapest", Strategy::kLowestCost, {{.cost = 10}, {.cost = 5}}, {}, {1}},
        Case{"priority breaks ties", Strategy::kLowestCost, {{.priority = 2}, {.priority = 1}}, {}, {1}},
        Case{"then order", Strategy::kLowestCost, {kGood, kGood}, {1}, {0}},
        Case{"sla before cost", Strategy::kLowestCost, {{.sla_miss = "loss", .cost = 5}, {.cost = 10}}, {0}, {1}},
        Case{"none in sla: cost", Strategy::kLowestCost, {{.sla_miss = "x", .cost = 9}, {.sla_miss = "x"}}, {}, {1}},
        Case{"held behind in sla", Strategy::kLowestCost, {{.cost = 5, .held = 1s}, {.cost = 10}}, {1}, {1}},
        Case{"held in sla before out of sla", Strategy::kLowestCost, {{.held = 1s}, {.sla_miss = "x"}}, {1}, {0}},
        Case{"dead cheapest", Strategy::kLowestCost, {{.unusable = "dead"}, {.cost = 10}}, {0}, {1}}));

INSTANTIATE_TEST_SUITE_P(
    BestQuality, Selection,
    testing::Values(
        Case{"equal: order", Strategy::kBestQuality, {kGood, kGood}, {}, {0}},
        Case{"9% better is not enough", Strategy::kBestQuality, {{.latency = 100ms}, {.latency = 91ms}}, {0}, {0}},
        Case{"11% better is", Strategy::kBestQuality, {{.latency = 100ms}, {.latency = 89ms}}, {0}, {1}},
        Case{
            "stays while preferred is worse", Strategy::kBestQuality, {{.latency = 95ms}, {.latency = 91ms}}, {1}, {1}},
        Case{"back when as good", Strategy::kBestQuality, {{.latency = 91ms}, {.latency = 91ms}}, {1}, {0}},
        Case{"best of three",
             Strategy::kBestQuality,
             {{.latency = 100ms}, {.latency = 80ms}, {.latency = 50ms}},
             {0},
             {2}},
        Case{"current is dead", Strategy::kBestQuality, {kDead, {.latency = 300ms}}, {0}, {1}},
        Case{"by loss", Strategy::kBestQuality, {{.loss = 0.2}, {.loss = 0.1}}, {0}, {1}, LinkCostFactor::kLoss},
        Case{"no loss on both", Strategy::kBestQuality, {kGood, kGood}, {1}, {0}, LinkCostFactor::kLoss},
        Case{"not measured is worst", Strategy::kBestQuality, {{.latency = {}}, {.latency = 400ms}}, {0}, {1}},
        Case{"held stays behind", Strategy::kBestQuality, {{.held = 1s, .latency = 1ms}, kGood}, {1}, {1}}));

INSTANTIATE_TEST_SUITE_P(
    MaximizeBandwidth, Selection,
    testing::Values(
        Case{"all in sla", Strategy::kMaximizeBandwidth, {kGood, {.sla_miss = "x"}, kGood}, {}, {0, 2}},
        Case{
            "none in sla: all alive", Strategy::kMaximizeBandwidth, {{.sla_miss = "x"}, {.sla_miss = "x"}}, {}, {0, 1}},
        Case{"not the held", Strategy::kMaximizeBandwidth, {{.held = 1s}, kGood}, {}, {1}},
        Case{"none", Strategy::kMaximizeBandwidth, {kDead, kDead}, {}, {}}));

TEST(SelectionReason, says_what_and_why_not_the_others) {
  network::SdwanRule rule;
  rule.strategy = Strategy::kLowestCost;
  const auto reason = [&](const std::vector<Seen>& all) { return choose(rule, candidates(all), {}).reason; };
  EXPECT_EQ(reason({{.unusable = "dead: 5 probes lost"}, {.cost = 10}}),
            "b: lowest cost 10 in SLA; a dead: 5 probes lost");
  EXPECT_EQ(reason({{.sla_miss = "latency 200 ms > 100 ms"}, {.cost = 10}}),
            "b: lowest cost 10 in SLA; a out of SLA: latency 200 ms > 100 ms");
  EXPECT_EQ(reason({{.held = 1s}, {.cost = 10}}), "b: lowest cost 10 in SLA; a held down after recovery");
  EXPECT_EQ(reason({kDead}), "no member is usable; a dead: 5 probes lost");
}

TEST(SelectionImplicit, takes_all_usable) {
  const auto choice = choose_implicit(network::Implicit::kSourceIp, candidates({kGood, kDead, {.sla_miss = "x"}}));
  EXPECT_THAT(choice.members, testing::ElementsAre(0, 2));
  EXPECT_TRUE(choose_implicit(network::Implicit::kWeight, candidates({kDead})).members.empty());
}

}  // namespace
}  // namespace xconn::sdwan
