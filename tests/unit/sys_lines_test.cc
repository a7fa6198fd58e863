// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <time.h>

#include <vector>

#include "sys/lines.hh"

namespace xconn::sys {
namespace {

std::vector<std::string> all_of(Lines& lines) {
  std::vector<std::string> out;
  while (auto line = lines.next()) out.push_back(std::move(*line));
  return out;
}

TEST(Lines, CutsWhereverThePiecesAreCut) {
  const std::string text = "one\n\ntwo three\nfour\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Lines lines;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < text.size(); at += size) {
      lines.add(text.substr(at, size));
      for (auto& line : all_of(lines)) got.push_back(std::move(line));
    }
    EXPECT_EQ(got, (std::vector<std::string>{"one", "", "two three", "four"})) << "in pieces of " << size;
  }
}

TEST(Lines, KeepsWhatIsNotYetALine) {
  Lines lines;
  lines.add("whole\npart");
  EXPECT_EQ(lines.next(), "whole");
  EXPECT_EQ(lines.next(), std::nullopt);
  EXPECT_EQ(lines.pending(), 4U);
  lines.add(" and rest\n");
  EXPECT_EQ(lines.next(), "part and rest");
  EXPECT_EQ(lines.pending(), 0U);
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

TEST(Lines, ALongLineIsLinear) {
  const auto begin = processor_seconds();
  const std::string piece(1000, 'x');
  Lines lines;
  for (int i = 0; i < 50'000; ++i) {
    lines.add(piece);
    ASSERT_FALSE(lines.next());
  }
  EXPECT_LT(processor_seconds() - begin, 5.0) << "looking at all of it with each piece takes minutes";
}

TEST(Lines, ManyLinesAreLinear) {
  const auto begin = processor_seconds();
  Lines lines;
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "line\n";
  lines.add(text);
  EXPECT_EQ(all_of(lines).size(), 1'000'000U);
  EXPECT_LT(processor_seconds() - begin, 5.0) << "erasing each from the front takes minutes";
}

}  // namespace
}  // namespace xconn::sys
