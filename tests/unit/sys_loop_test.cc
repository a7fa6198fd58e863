// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <thread>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/join.hh"
#include "sys/loop.hh"

namespace xconn::sys {
namespace {

using namespace std::chrono_literals;
using Difference = std::optional<std::string>;

TEST(Loop, WaitEndsWithTheFactAndNotAtTheDeadline) {
  Loop loop;
  bool fact = false;
  const auto timer = Timer::once(loop, 5ms, [&] { fact = true; });
  const auto start = now();
  loop.wait("the fact", 10s, [&] { return fact ? Difference() : "not yet"; });
  EXPECT_TRUE(fact);
  EXPECT_LT(now() - start, 5s);
}

TEST(Loop, WaitSaysWhatWasAwaitedAndLastSeen) {
  Loop loop;
  int asked = 0;
  try {
    loop.wait("three of them", 50ms, [&] { return Difference("seen " + std::to_string(++asked)); });
    FAIL() << "the wait ended without its fact";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.awaited(), "three of them");
    EXPECT_EQ(error.bound(), 50ms);
    EXPECT_EQ(error.last_state(), "seen " + std::to_string(asked));
    EXPECT_EQ(std::string(error.what()), "waited 50ms for three of them; last seen: seen " + std::to_string(asked));
  }
  EXPECT_GE(asked, 3) << "a fact without an event is asked again every 20 ms";
}

TEST(Loop, StopEndsRunThroughAWaitInsideAHandler) {
  Loop loop;
  bool after = false;
  loop.post([&] {
    loop.wait("nothing", 10s, [] { return Difference("never"); });
    after = true;
  });
  const auto timer = Timer::once(loop, 5ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(after);
  loop.post([&] { loop.stop(); });
  loop.run();  // usable again
}

TEST(Loop, WhatAHandlerThrowsComesOutOfRun) {
  Loop loop;
  loop.post([] { throw NotFoundError("lost"); });
  EXPECT_THROW(loop.run(), NotFoundError);
}

TEST(Loop, WhatAHandlerPostsRunsInAWaitInsideIt) {
  Loop loop;
  bool waited = false;
  loop.post([&] {
    bool fact = false;
    loop.post([&] { fact = true; });
    loop.wait("what was posted", 5s, [&] { return fact ? Difference() : "not yet"; });
    waited = true;
  });
  loop.wait("the handler", 10s, [&] { return waited ? Difference() : "not yet"; });
  EXPECT_TRUE(waited);
}

TEST(Loop, PostFromAnotherThreadWakesIt) {
  Loop loop;
  bool called = false;
  std::thread other([&] { loop.post([&] { called = true; }); });
  loop.wait("the post", 5s, [&] { return called ? Difference() : "nothing"; });
  other.join();
}

TEST(Timer, EveryFiresUntilDestroyedInsideItsOwnCallback) {
  Loop loop;
  int fired = 0;
  Timer timer = Timer::every(loop, 1ms, [&] {
    if (++fired == 3) timer = Timer();
  });
  const auto end = Timer::once(loop, 50ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(fired, 3);
}

TEST(Watch, TellsOfEveryByteUntilDestroyed) {
  Loop loop;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Fd read_end(ends[0]), write_end(ends[1]);
  std::string got;
  auto watch = Watch(loop, read_end.get(), [&] {
    char byte;
    if (::read(read_end.get(), &byte, 1) == 1) got += byte;
  });
  ASSERT_EQ(::write(write_end.get(), "abc", 3), 3);
  loop.wait("three bytes", 5s, [&] { return got == "abc" ? Difference() : got; });
  watch = Watch();
  ASSERT_EQ(::write(write_end.get(), "d", 1), 1);
  loop.poll();
  EXPECT_EQ(got, "abc");
}

TEST(Clock, AWallClockStampIsNearItsMonotonicTime) {
  timespec wall{};
  ::clock_gettime(CLOCK_REALTIME, &wall);
  const auto stamp = std::chrono::seconds(wall.tv_sec) + std::chrono::nanoseconds(wall.tv_nsec);
  const auto distance = now() - from_realtime(stamp);
  EXPECT_GE(distance, -1ms);
  EXPECT_LT(distance, 1s);
}

TEST(Join, EndsOnceWhenTheLastOneLetsGoAndTellsTheFirstFailure) {
  Loop loop;
  int ends = 0;
  std::exception_ptr failure;
  auto one = Join::begin(loop, [&](const Join::End& end) {
    ++ends;
    failure = end.failure;
  });
  auto other = one;
  one->failed(std::make_exception_ptr(NotFoundError("first")));
  other->failed(std::make_exception_ptr(Error("second")));
  one.reset();
  loop.poll();
  EXPECT_EQ(ends, 0);
  other.reset();
  EXPECT_EQ(ends, 0) << "never inside who lets go";
  loop.poll();
  EXPECT_EQ(ends, 1);
  EXPECT_THROW(std::rethrow_exception(failure), NotFoundError);
}

TEST(Watch, TellsWhenThereIsRoomToWrite) {
  Loop loop;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const Fd reading(ends[0]), writing(ends[1]);
  const std::string much(4U << 20, 'x');
  ASSERT_GT(::write(writing.get(), much.data(), much.size()), 0);
  int told = 0;
  const Watch room(
      loop, writing.get(), [&] { ++told; }, Watch::For::kWriting);
  loop.poll();
  EXPECT_EQ(told, 0) << "the pipe is full";
  std::string block(1U << 20, 0);
  ASSERT_GT(::read(reading.get(), block.data(), block.size()), 0);
  loop.wait("room", 5s, [&] { return told > 0 ? Difference() : "none"; });
}

}  // namespace
}  // namespace xconn::sys
