// SPDX-License-Identifier: Apache-2.0
// When a lab is at rest: all paths, nothing under way, and a second in which nothing happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/rest.hh"

namespace xconn::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Optional;
using Text = std::optional<std::string>;

const Text kNothing;

/// Daemons that have answered everything up to a time.
Rest::Pending answered(std::chrono::nanoseconds until) {
  return [until](auto since) { return since <= until ? kNothing : Text("hq: bgpd: has not answered yet"); };
}
const Rest::Pending kIdle = answered(1h);

TEST(Rest, IsASecondInWhichNothingHappened) {
  Rest rest;
  rest.happened(10s, "hq: fib 10.0.0.0/24 installed");
  EXPECT_THAT(rest.difference(10999ms, 5s, {}, kIdle), Optional(HasSubstr("1.0 s ago: hq: fib 10.0.0.0/24 installed")));
  EXPECT_EQ(rest.difference(11s, 5s, {}, kIdle), kNothing);
}

TEST(Rest, BeginsAnewWithEachEvent) {
  Rest rest;
  rest.happened(10s, "first");
  rest.happened(10900ms, "second");
  EXPECT_THAT(rest.difference(11s, 5s, {}, kIdle), Optional(HasSubstr("0.1 s ago: second")));
  EXPECT_EQ(rest.difference(11900ms, 5s, {}, kIdle), kNothing);
}

TEST(Rest, IsAtOnceWhereNothingHappenedForLong) {
  Rest rest;
  rest.happened(10s, "an election");
  EXPECT_EQ(rest.difference(60s, 60s, {}, kIdle), kNothing);
}

TEST(Rest, CountsFromTheLastLookAtWhichSomethingWasMissing) {
  Rest rest;
  EXPECT_EQ(rest.difference(10s, 5s, "er is absent", kIdle), Text("er is absent"));
  EXPECT_THAT(rest.difference(10500ms, 5s, {}, kIdle), Optional(HasSubstr("0.5 s ago: er is absent")));
  EXPECT_EQ(rest.difference(11s, 5s, {}, kIdle), kNothing);
}

TEST(Rest, AsItIsAwaitsWhatIsMissingOnlyWhileSomethingHappens) {
  Rest rest;
  rest.happened(10s, "hq: fib 0.0.0.0/0 removed");
  EXPECT_EQ(rest.difference_as_it_is(14999ms, 9s, "a route is absent", kIdle), Text("a route is absent"));
  EXPECT_EQ(rest.difference_as_it_is(15s, 9s, "a route is absent", kIdle), kNothing);
  EXPECT_EQ(rest.difference_as_it_is(20s, 16s, "a route is absent", kIdle), Text("a route is absent")) << "it may come";
  EXPECT_EQ(rest.difference_as_it_is(21s, 16s, "a route is absent", kIdle), kNothing);
}

TEST(Rest, AsItIsIsAtRestAtOnceWhereNothingIsMissing) {
  Rest rest;
  rest.happened(10s, "an election");
  EXPECT_EQ(rest.difference_as_it_is(60s, 60s, {}, kIdle), kNothing);
  EXPECT_THAT(rest.difference_as_it_is(10900ms, 5s, {}, kIdle), Optional(HasSubstr("0.9 s ago")));
}

TEST(Rest, AsItIsAwaitsWhatIsPending) {
  Rest rest;
  const auto exchange = [](auto) { return Text("hq: charon: IKE_SA vpn is CONNECTING and not done"); };
  EXPECT_THAT(rest.difference_as_it_is(20s, 5s, "an SA is absent", exchange), Optional(HasSubstr("CONNECTING")));
  EXPECT_EQ(rest.difference_as_it_is(24s, 5s, "an SA is absent", kIdle), Text("an SA is absent"));
  EXPECT_EQ(rest.difference_as_it_is(25s, 5s, "an SA is absent", kIdle), kNothing);
}

TEST(Rest, CountsFromTheLastLookAtWhichSomethingWasPending) {
  Rest rest;
  const auto exchange = [](auto) { return Text("hq: charon: IKE_SA vpn is CONNECTING and not done"); };
  EXPECT_THAT(rest.difference(10s, 5s, {}, exchange), Optional(HasSubstr("CONNECTING")));
  EXPECT_THAT(rest.difference(10900ms, 5s, {}, kIdle), Optional(HasSubstr("0.9 s ago")));
  EXPECT_EQ(rest.difference(11s, 5s, {}, kIdle), kNothing);
}

TEST(Rest, TakesWhatIsToldLateAsThatWhichItWas) {
  Rest rest;
  rest.happened(10s, "fib");
  rest.happened(9s, "bgp, by its own stamp");
  EXPECT_THAT(rest.difference(10100ms, 5s, {}, kIdle), Optional(HasSubstr("0.1 s ago: fib")));
}

TEST(Rest, IsNotFooledByADaemonWhoseClockIsAhead) {
  Rest rest;
  rest.happened(99s, "bgp");
  rest.difference(10s, 5s, {}, kIdle);
  EXPECT_EQ(rest.difference(11s, 5s, {}, kIdle), kNothing);
}

TEST(Rest, WantsAnAnswerFromTheSecondHalfOfTheCalm) {
  Rest rest;
  rest.happened(10s, "fib");
  EXPECT_THAT(rest.difference(20s, 5s, {}, answered(10400ms)), Optional(HasSubstr("has not answered")));
  EXPECT_EQ(rest.difference(20s, 5s, {}, answered(10500ms)), kNothing) << "the calm goes on meanwhile";
}

TEST(Rest, TakesNoAnswerFromBeforeTheWait) {
  Rest rest;
  EXPECT_THAT(rest.difference(60s, 60s, {}, answered(59s)), Optional(HasSubstr("has not answered")));
}

TEST(Rest, WaitsForNothingWhereNothingChangesByItself) {
  Rest rest(0s);
  rest.happened(10s, "the last link");
  EXPECT_EQ(rest.difference(10s, 10s, {}, answered(0s)), kNothing);
  EXPECT_EQ(rest.difference(10s, 10s, "a service is missing", answered(0s)), Text("a service is missing"));
}

}  // namespace
}  // namespace xconn::lab
