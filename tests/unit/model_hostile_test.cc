// SPDX-License-Identifier: Apache-2.0
// Input that nobody meant: it must be refused in words, quickly, and within bounds.
#include <gtest/gtest.h>
#include <time.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "model/read.hh"

namespace xconn::model {
namespace {

/// What this thread computed, so that other work on the machine does not count.
std::chrono::nanoseconds cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

std::vector<Finding> findings_in(const std::string& text) {
  try {
    read_text(text, "test.yaml");
  } catch (const TopologyError& error) {
    return error.findings();
  }
  return {};
}

std::string first_rule(const std::string& text) {
  const auto found = findings_in(text);
  return found.empty() ? "" : to_string(found[0]);
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

template <class F>
std::chrono::milliseconds time_of(F work) {
  const auto start = cpu_time();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(cpu_time() - start);
}

TEST(Hostile, MissingFileAndFolder) {
  for (const auto* path : {"/nonexistent/topology.yaml", "/dev/null", "/"}) {
    try {
      read(path);
      ADD_FAILURE() << path;
    } catch (const TopologyError& error) {
      EXPECT_EQ(error.findings().size(), 1U) << error.what();
    }
  }
}

TEST(Hostile, Empty) {
  for (const auto* text : {"", "\n", "# only a comment\n", "---\n", "{}", "~"})
    EXPECT_NE(first_rule(text).find("the file is empty"), std::string::npos) << text << ": " << first_rule(text);
}

TEST(Hostile, RootThatIsNoMap) {
  EXPECT_NE(first_rule("- a\n- b\n").find("not a list"), std::string::npos);
  EXPECT_NE(first_rule("hello").find("not a text"), std::string::npos);
}

TEST(Hostile, Tabs) {
  const auto text = first_rule("nodes:\n\ta: {role: host}\n");
  EXPECT_NE(text.find("test.yaml:2:1"), std::string::npos) << text;
  EXPECT_NE(text.find("not with tabs"), std::string::npos) << text;
}

TEST(Hostile, Binary) {
  EXPECT_NE(first_rule(std::string("nodes:\n  a\0b: 1", 14)).find("test.yaml:2:4"), std::string::npos);
  EXPECT_NE(first_rule("name: \xff\xfe").find("test.yaml:1:7"), std::string::npos);
  EXPECT_NE(first_rule("name: \x04 x\n").find("UTF-8"), std::string::npos) << "yaml-cpp takes this byte for the end";
}

TEST(Hostile, Syntax) {
  EXPECT_NE(first_rule("nodes: {a: b").find("this is not YAML"), std::string::npos);
  EXPECT_NE(first_rule("a: *nowhere").find("this is not YAML"), std::string::npos);
  EXPECT_NE(first_rule("nodes: {}\n---\nmore: 1\n").find("one YAML document"), std::string::npos);
  EXPECT_NE(first_rule("? [a, b]\n: 1\n").find("a key is a word"), std::string::npos);
  EXPECT_NE(first_rule("a: &x [1, *x]\n").find("alias"), std::string::npos);
  EXPECT_NE(first_rule("nodes: {a: {<<: 7, role: host}}").find("'<<' takes a map"), std::string::npos);
}

TEST(Hostile, DeepNesting) {
  for (const auto* open : {"[", "{a: ", "- ", "? "}) {
    const auto text = "nodes:\n " + repeated(open, 100'000);
    EXPECT_NE(first_rule(text).find("levels"), std::string::npos) << open << first_rule(text);
  }
}

TEST(Hostile, AliasBomb) {
  std::string text = "x-0: &b0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const auto before = "*b" + std::to_string(i - 1);
    text += "x-" + std::to_string(i) + ": &b" + std::to_string(i) + " [" + repeated(before + ", ", 9) + before + "]\n";
  }
  EXPECT_LT(time_of([&] { EXPECT_NE(first_rule(text).find("once aliases are resolved"), std::string::npos); }).count(),
            2000);
}

TEST(Hostile, MergeBomb) {
  std::string text = "x-0: &b0 {" + repeated("k", 1) + "0: 1}\n";
  for (int i = 1; i < 60; ++i) {
    const auto before = "*b" + std::to_string(i - 1);
    text += "x-" + std::to_string(i) + ": &b" + std::to_string(i) + " {<<: [" + before + ", " + before + "]}\n";
  }
  EXPECT_LT(time_of([&] { EXPECT_FALSE(findings_in(text).empty()); }).count(), 2000);
}

TEST(Hostile, FindingsAreBounded) {
  std::string text = "nodes:\n";
  for (int i = 0; i < 5000; ++i) text += "  n" + std::to_string(i) + ": {role: host, colour: blue}\n";
  const auto found = findings_in(text);
  ASSERT_EQ(found.size(), 101U);
  EXPECT_EQ(found.back().rule, "and 4900 more");
}

TEST(Hostile, NoiseIsRefusedQuickly) {
  std::mt19937 random(7);  // NOLINT: the same noise each time
  std::string printable, keys, bytes;
  while (printable.size() < (10U << 20)) printable += static_cast<char>(' ' + random() % 95);
  while (keys.size() < (7U << 20)) keys += "key" + std::to_string(random()) + ": value\n";
  while (bytes.size() < (10U << 20)) bytes += static_cast<char>(random());
  for (const auto* noise : {&printable, &keys, &bytes}) {
    const auto spent = time_of([&] {
      const auto found = findings_in(*noise);
      EXPECT_FALSE(found.empty());
      EXPECT_LE(found.size(), 101U);
      for (const auto& finding : found) EXPECT_LT(to_string(finding).size(), 1000U);
    });
    EXPECT_LT(spent.count(), 10'000) << "far above what it takes, far below a hang";
  }
}

TEST(Hostile, LongWordsAreShortened) {
  const auto found = findings_in("nodes: {a: {role: host, gateway: " + std::string(100'000, 'x') + "}}");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LT(found[0].value.size(), 100U);
}

TEST(Hostile, AFileThatIsNoTopologyIsNotQuoted) {
  for (const auto* text :
       {"root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n", "password: hunter2\ntoken: hunter2\n",
        "hunter2: &hunter2 hunter2\nhunter2: 1\n", "key: *hunter2\n", "- hunter2\n", "[hunter2: {hunter2", "hunter2",
        "%hunter2\n", "a: !!hunter2 [hunter2", "\"\\hunter2\""}) {
    const auto found = findings_in(text);
    ASSERT_EQ(found.size(), 1U) << text;
    for (const auto* word : {"hunter2", "19000", "daemon"})
      EXPECT_EQ(to_string(found[0]).find(word), std::string::npos) << to_string(found[0]);
  }
  EXPECT_NE(first_rule("nodse: {}").find("did you mean 'nodes'"), std::string::npos) << "a slip of the pen";
}

TEST(Hostile, FindingsShowWhatTheyQuote) {
  const auto text = first_rule("nodes: {a: {role: host, gateway: \"\\e[31m\\u202e\\n\"}}");
  EXPECT_NE(text.find("'\\x1b[31m\\u202e\\n'"), std::string::npos) << text;
  EXPECT_EQ(first_rule("nodes: {a: {role: host, \"\\e[31m\": 1}}").find('\x1b'), std::string::npos);
}

std::string vnet_text(int number) {
  const auto net = "10." + std::to_string(number) + ".";
  std::string text = "  v" + std::to_string(number) + ":\n    address-space: [" + net + "0.0/16]\n    subnets:\n";
  for (int i = 0; i < 8; ++i)
    text += "      s" + std::to_string(i) + ": {prefix: " + net + std::to_string(i) + ".0/24}\n";
  return text;
}

TEST(Performance, AHundredVnets) {
  std::string text = "vnets:\n", nodes = "nodes:\n";
  for (int i = 1; i <= 100; ++i) {
    text += vnet_text(i);
    for (int j = 0; j < 8; ++j)
      nodes += "  n" + std::to_string(i) + "-" + std::to_string(j) + ": {role: host, interfaces: {eth0: {subnet: v" +
               std::to_string(i) + "/s" + std::to_string(j) + ", address: 10." + std::to_string(i) + "." +
               std::to_string(j) + ".4}}}\n";
  }
  const auto spent = time_of([&] { EXPECT_EQ(read_text(nodes + text, "generated.yaml").vnets.size(), 100U); });
  RecordProperty("milliseconds", static_cast<int>(spent.count()));
  EXPECT_LT(spent.count(), 5000)
      << "the aim is 100 ms on an idle machine; this bound only catches a wrong order of growth";
}

}  // namespace
}  // namespace xconn::model
