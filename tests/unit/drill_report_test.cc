// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drill_evidence.hh"
#include "tests/golden.hh"

namespace xconn::drill {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Report report() {
  Drill drill;
  drill.name = "er-silent";
  drill.about = "ExpressRoute <dies> silently & nobody tells.";
  drill.file = "er-silent.yaml";
  drill.expectations.push_back(
      {{"er-silent.yaml", 12, 5}, "of the timers", ExpectOutage{"client-to-app", Direction::kBoth, {2s, {}}, {}}});
  drill.expectations.push_back(
      {{"er-silent.yaml", 14, 5}, "of BFD", ExpectOutage{"client-to-app", Direction::kForward, {1s, {}}, {}}});
  drill.expectations.push_back({{"er-silent.yaml", 16, 5}, "", ExpectDead{"client-to-app", Direction::kBoth, false}});
  static const Evidence evidence = silent_er();
  return report_of(drill, evidence);
}

TEST(DrillReport, Text) { expect_golden(to_text(report()), "drill_report.txt"); }
TEST(DrillReport, Markdown) { expect_golden(to_markdown(report()), "drill_report.md"); }
TEST(DrillReport, Junit) { expect_golden(to_junit({report()}), "drill_report.xml"); }
TEST(DrillReport, InconclusiveIsAnErrorOfItsOwnTypeInJunit) {
  Report open = report();
  open.judgements[0].verdict = probes::Verdict::kInconclusive;
  EXPECT_THAT(to_junit({open}), HasSubstr("failures=\"1\" errors=\"1\" skipped=\"0\""));
  EXPECT_THAT(to_junit({open}), HasSubstr("<error type=\"inconclusive\" message="));
}

TEST(DrillReport, Json) { expect_golden(to_json(report()).dump(2) + "\n", "drill_report.json"); }

TEST(DrillReport, UnstampedArrivalsAreToldOnlyIfThereAreAny) {
  Report with = report();
  EXPECT_THAT(to_text(with), Not(HasSubstr("unstamped")));
  with.flows[0].reverse.measured.unstamped = 7;
  EXPECT_THAT(to_text(with), HasSubstr("unstamped 7"));
}

TEST(DrillReport, ColourOnlyIfAsked) {
  EXPECT_THAT(to_text(report(), false), Not(HasSubstr("\033")));
  EXPECT_THAT(to_text(report(), true), HasSubstr("\033[32mPASS"));
}

TEST(DrillReport, JsonGoesBothWays) {
  const auto json = to_json(report());
  EXPECT_EQ(to_json(from_json(json)), json);
  EXPECT_EQ(to_text(from_json(nlohmann::json::parse(json.dump()))), to_text(report()));
}

TEST(DrillReport, HtmlIsOneFileWithAPictureAndEscapes) {
  const std::string html = to_html(report());
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr("class=\"gap\""));
  EXPECT_THAT(html, HasSubstr("&lt;dies&gt; silently &amp; nobody"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
}

}  // namespace
}  // namespace xconn::drill
