// SPDX-License-Identifier: Apache-2.0
// A whole drill, with real flows, real tracing and a real fault, on the network of two hosts and a switch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "drill/report.hh"
#include "drill/site.hh"
#include "probes_network.hh"
#include "sys/loop.hh"

namespace xconn::drill {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// Any fault is a drop in one direction: "to_server" or "to_client".
class DrillNetwork : public Site {
 public:
  probes::Endpoint endpoint(const std::string& place) const override {
    if (place == "switch") return {place, *Address::parse("192.0.2.3"), &network_.netns(place)};
    return network_.endpoint(place);
  }
  std::vector<probes::InterfaceView> interfaces() const override { return network_.interfaces(); }
  sys::Loop& loop() override { return loop_; }
  void inject(const Inject& fault) override {
    if (fault.kind == "freeze") std::this_thread::sleep_for(400ms);  // a loop that something blocks
    network_.drop(fault.on, "meta l4proto udp");
    tell(fault.kind + " " + fault.on + " applied");
    injected_[fault.name] = fault.on;
    if (fault.lasts) heals_ = sys::Timer::once(loop_, *fault.lasts, [this, name = fault.name] { heal(name); });
  }
  void heal(const std::string& name) override {
    for (const auto& [fault, chain] : std::exchange(injected_, {})) {
      if (name != "all" && name != fault) {
        injected_[fault] = chain;
        continue;
      }
      network_.pass(chain);
      tell("blackhole " + chain + " healed");
    }
  }
  std::optional<std::string> change(std::size_t number) override {
    changed_.push_back(number);
    return number == 0 ? std::optional<std::string>("a connection uses it [V10]") : std::nullopt;
  }
  void restore() override { changed_.clear(); }
  std::optional<std::string> unrest() override { return settled_ ? std::nullopt : std::optional("the sky is green"); }
  bool is_in_vain() override { return in_vain_; }
  std::vector<services::Event> events(Duration since) override {
    std::vector<services::Event> result;
    for (const auto& event : events_) {
      if (event.at >= since) result.push_back(event);
    }
    return result;
  }
  void tell(const std::string& text) { events_.push_back({sys::now(), "fault", "", text}); }

  bool settled_ = true, in_vain_ = false;
  std::map<std::string, std::string> injected_;
  std::vector<std::size_t> changed_;

 private:
  sys::Loop loop_;
  probes::Network network_;
  std::vector<services::Event> events_;
  sys::Timer heals_;
};

Drill drill(const std::string& timeline, const std::string& expect) {
  return read_text(
      "name: test\ntopology: none\nduration: 2s\nsettle: 1s\n"
      "flows: {a: {from: client, to: server, port: 7777}}\n" +
          timeline + expect,
      "test.yaml");
}

std::vector<std::string> verdicts(const Report& report) {
  std::vector<std::string> result;
  for (const Judgement& one : report.judgements)
    result.push_back(std::string(name_of(one.verdict)) + ": " + one.sentence + ": " + one.found);
  return result;
}

/// A host that stalled leaves it open; then the next run counts.
Report run_until_decided(const Drill& drill, Site& site) {
  Report report = run(drill, site);
  for (int more = 0; report.verdict == probes::Verdict::kInconclusive && more < 4; ++more) report = run(drill, site);
  return report;
}

Duration off(Duration found, Duration meant) { return std::max(found - meant, meant - found); }

TEST(DrillRun, MeasuresTracesAndJudges) {
  DrillNetwork site;
  const Report report = run_until_decided(
      drill("timeline:\n"
            "  - {at: 500ms, fault: blackhole, on: to_server, for: 600ms}\n"
            "  - {at: 700ms, exec: {node: server, command: [\"false\"]}}\n",
            "expect:\n"
            "  - outage: {flow: a, direction: forward, at-least: 300ms, at-most: 2s}\n"
            "  - lost: {flow: a, direction: reverse, at-most: 0}\n"
            "  - path: {flow: a, when: before, exactly: [client, switch, server], via: {client: eth0, switch: "
            "to-server}}\n"
            "  - path: {flow: a, direction: reverse, exactly: [server, switch, client]}\n"
            "  - symmetric: {flow: a, of: [switch]}\n"
            "  - event: {source: fault, contains: healed, within: 800ms}\n"
            "  - counter: {node: switch, flow: a, packets: some}\n"
            "  - capture: {on: \"switch:to-client\", filter: \"udp port 7777\", packets: some}\n"
            "  - capture: {on: \"switch:to-client\", filter: \"tcp\", packets: none, during: [100ms, 1s]}\n"
            "  - alive: {flow: a}\n"),
      site);
  EXPECT_EQ(report.verdict, probes::Verdict::kPass) << testing::PrintToString(verdicts(report));
  EXPECT_LE(off(report.flows.front().forward.measured.outage, 600ms), 60ms + report.host.during({})) << to_text(report);
  std::vector<std::string> sources;
  for (const Row& row : report.timeline) sources.push_back(row.source + " " + row.text);
  EXPECT_THAT(sources, testing::UnorderedElementsAre("flow last packet; those after it got as far as switch:to-client",
                                                     "fault blackhole to_server applied", "exec false",
                                                     "exec false: exit status 1", "fault blackhole to_server healed",
                                                     HasSubstr("flow first packet after")));
  EXPECT_TRUE(site.injected_.empty());
}

TEST(DrillRun, WhatIsBrokenUntilTheEndIsHealedAndWrongExpectationsFail) {
  DrillNetwork site;
  const Report report = run(drill("timeline: [{at: 1s, fault: blackhole, on: to_client}]\n",
                                  "expect:\n"
                                  "  - dead: {flow: a, direction: reverse}\n"
                                  "  - dead: {flow: a, direction: forward}\n"
                                  "  - outage: {flow: a, direction: reverse, at-most: 100ms}\n"
                                  "  - counter: {node: switch, flow: a, packets: none}\n"),
                            site);
  std::vector<probes::Verdict> found;
  for (const Judgement& one : report.judgements) found.push_back(one.verdict);
  using enum probes::Verdict;
  EXPECT_THAT(found, ElementsAre(kPass, kFail, kFail, kFail));
  EXPECT_EQ(exit_code(report.verdict), 1);
  EXPECT_TRUE(site.injected_.empty());
}

TEST(DrillRun, WhatAzureRefusesFailsAndTheLabIsRestored) {
  DrillNetwork site;
  const Report report = run(drill("timeline:\n"
                                  "  - {at: 500ms, do: circuit delete er1}\n"
                                  "  - {at: 600ms, do: peering update er1 private md5=abc}\n",
                                  "expect: [alive: {flow: a}]\n"),
                            site);
  EXPECT_EQ(exit_code(report.verdict), 1);
  ASSERT_EQ(report.judgements.size(), 2U);
  EXPECT_EQ(report.judgements[0].verdict, probes::Verdict::kPass);
  EXPECT_EQ(report.judgements[1].sentence, "circuit delete er1 is carried out");
  EXPECT_EQ(report.judgements[1].found, "refused: a connection uses it [V10]");
  EXPECT_TRUE(report.first_fault);
  std::vector<std::string> sources;
  for (const Row& row : report.timeline) sources.push_back(row.source + " " + row.text);
  EXPECT_THAT(sources, ElementsAre("change circuit delete er1",
                                   "change circuit delete er1 is refused: a connection uses it [V10]",
                                   "change peering update er1 private md5=(secret)"));
  EXPECT_THAT(site.changed_, testing::IsEmpty()) << "restored";
}

// The loop stalls for longer than the outage is over its bound: counted as the host's, it would leave this open.
TEST(DrillRun, ALoopThatStalledIsToldAndSeenThrough) {
  DrillNetwork site;
  const Report report =
      run_until_decided(drill("timeline: [{at: 500ms, fault: freeze, on: to_server, for: 1s}]\n",
                              "expect: [outage: {flow: a, direction: forward, at-least: 700ms, at-most: 2s}]\n"),
                        site);
  EXPECT_GE(report.host.longest_loop, 390ms);
  EXPECT_FALSE(report.host.loop.empty());
  EXPECT_EQ(report.verdict, probes::Verdict::kPass) << testing::PrintToString(verdicts(report));
  EXPECT_THAT(to_text(report), HasSubstr(", loop "));
}

TEST(DrillRun, ALabThatDoesNotSettleSaysWhatIsMissing) {
  DrillNetwork site;
  site.settled_ = false;
  try {
    run(drill("", "expect: [alive: {flow: a}]\n"), site);
    FAIL() << "it settled";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.last_state(), "the sky is green");
  }
}

TEST(DrillRun, ItDoesNotBeginUntilTheFlowsGoAsTheyHaveTo) {
  DrillNetwork site;
  EXPECT_NO_THROW(
      run(drill("steady: [{flow: a, direction: both, contains: [switch]}]\n", "expect: [alive: {flow: a}]\n"), site));
  try {
    run(drill("steady: [{flow: a, avoids: [switch]}]\n", "expect: [alive: {flow: a}]\n"), site);
    FAIL() << "it began";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.last_state(), "flow a goes client > switch > server");
  }
}

TEST(DrillRun, ItDoesNotWaitForAPathThatDoesNotComeByItself) {
  DrillNetwork site;
  site.in_vain_ = true;
  auto patient = drill("steady: [{flow: a, avoids: [switch]}]\n", "expect: [alive: {flow: a}]\n");
  patient.settle = 60s;
  const auto began = sys::now();
  try {
    run(patient, site);
    FAIL() << "it began";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.last_state(), "flow a goes client > switch > server");
    EXPECT_LT(sys::now() - began, 30s);
  }
  EXPECT_NO_THROW(run(drill("steady: [{flow: a, contains: [switch]}]\n", "expect: [alive: {flow: a}]\n"), site));
}

}  // namespace
}  // namespace xconn::drill
