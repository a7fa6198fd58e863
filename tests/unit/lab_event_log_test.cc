// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "lab/event_log.hh"
#include "sys/file.hh"

#ifdef __SANITIZE_ADDRESS__
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // its header is not in every compiler's package
#endif

namespace xconn::lab {
namespace {

using namespace std::chrono_literals;

class Log : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { sys::remove_tree(folder_); }
  std::string file() const { return folder_ + "/events.jsonl"; }
  std::string folder_ = "/tmp/xconn-log-test.XXXXXX";
};

std::vector<std::string> texts(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const auto& event : events) out.push_back(event.text);
  return out;
}

Event at(std::chrono::nanoseconds time, const std::string& text, const std::string& node = "a") {
  return {time, "fault", node, text};
}

TEST_F(Log, KeepsWhoStampedAnEvent) {
  EventLog log(file());
  log.add({1s, "bfd", "a", "down", true});
  log.add({2s, "bfd", "a", "up", false});
  const auto events = log.since(0s);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(events[0].stamped);
  EXPECT_FALSE(events[1].stamped);
}

TEST_F(Log, GivesThemInOrderOfTime) {
  EventLog log(file());
  for (const int i : {3, 1, 2, 5, 4}) log.add(at(std::chrono::seconds(i), std::to_string(i)));
  EXPECT_EQ(texts(log.since(0s)), (std::vector<std::string>{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(texts(log.since(3s)), (std::vector<std::string>{"3", "4", "5"}));
  EXPECT_TRUE(log.since(6s).empty());
}

/// Every event at a random place among its 900 neighbours, over many blocks of the file.
TEST_F(Log, AllOfManyComeBackFromTheFile) {
  constexpr int kCount = 50'000;
  std::vector<int> order(kCount);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random(7);
  for (int i = 0; i < kCount; i += 900)
    std::shuffle(order.begin() + i, order.begin() + std::min(i + 900, kCount), random);
  EventLog log(file());
  for (const int i : order) log.add(at(std::chrono::milliseconds(i), std::to_string(i)));
  int next = 0;
  for (auto reading = log.read(); const auto event = reading.next();) ASSERT_EQ(event->text, std::to_string(next++));
  EXPECT_EQ(next, kCount);
  const auto late = log.since(std::chrono::milliseconds(kCount - 2000));
  ASSERT_EQ(late.size(), 2000U);
  EXPECT_EQ(late.front().text, std::to_string(kCount - 2000));
}

// What is allocated now. The resident size would count what AddressSanitizer keeps of what was freed.
#ifdef __SANITIZE_ADDRESS__
std::size_t allocated() { return __sanitizer_get_current_allocated_bytes(); }
#else
std::size_t allocated() {
  const auto heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}
#endif

TEST_F(Log, MemoryDoesNotGrowWithIt) {
  EventLog log(file());
  const std::string text(200, 't');
  for (int i = 0; i < 5000; ++i) log.add(at(std::chrono::nanoseconds(i), text));
  const auto before = allocated();
  for (int i = 0; i < 60'000; ++i) log.add(at(std::chrono::nanoseconds(i), text));
  std::size_t read = 0;
  for (auto reading = log.read(); reading.next();) ++read;
  EXPECT_EQ(read, 65'000U);
  EXPECT_LT(allocated(), before + (4U << 20)) << "15 MB of events were written";
}

TEST_F(Log, KnowsTheLatestOfANode) {
  EventLog log(file());
  for (int i = 0; i < 100; ++i) {
    log.add(at(std::chrono::seconds(i), "a" + std::to_string(i), "a"));
    if (i < 3) log.add(at(std::chrono::seconds(i), "b" + std::to_string(i), "b"));
  }
  EXPECT_EQ(texts(log.latest("b")), (std::vector<std::string>{"b0", "b1", "b2"}));
  const auto latest = log.latest("a");
  ASSERT_EQ(latest.size(), 12U);
  EXPECT_EQ(latest.front().text, "a88");
  EXPECT_TRUE(log.latest("c").empty());
}

TEST_F(Log, AReadingGoesOnWithWhatComes) {
  EventLog log(file());
  log.add(at(1s, "old"));
  auto all = log.read();
  auto on = log.read_on();
  EXPECT_EQ(all.next()->text, "old");
  EXPECT_FALSE(on.next());
  log.add(at(2s, "new"));
  EXPECT_EQ(all.next()->text, "new");
  EXPECT_EQ(on.next()->text, "new");
  EXPECT_FALSE(all.next());
}

/// As on a full disk, files may not grow over `bytes` while it lives.
class Full {
 public:
  explicit Full(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~Full() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(Log, AFullDiskHoldsBackAndTheFileHasWholeLines) {
  EventLog log(file());
  {
    const Full full(1000);
    for (int i = 0; i < 50; ++i) log.add(at(std::chrono::seconds(i), std::to_string(i)));
    const auto text = sys::read_file(file());
    EXPECT_LE(text.size(), 1000U);
    EXPECT_TRUE(text.ends_with("}\n"));
    EXPECT_LT(log.since(0s).size(), 50U);
  }
  log.add(at(50s, "50"));
  EXPECT_EQ(log.since(0s).size(), 51U);
}

TEST_F(Log, AFullDiskThatLastsIsSaid) {
  EventLog log(file());
  {
    const Full full(0);
    for (int i = 0; i < 1500; ++i) log.add(at(std::chrono::seconds(i), std::to_string(i)));
  }
  log.add(at(1500s, "room"));
  log.add(at(1501s, "more"));
  const auto events = texts(log.since(0s));
  EXPECT_EQ(std::ranges::count(events, "the disk was full: 500 events are missing"), 1);
}

}  // namespace
}  // namespace xconn::lab
