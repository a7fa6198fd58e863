// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "datapath/filter.hh"

namespace xconn::datapath {

TEST(Match, KnowsItsWords) {
  for (const std::string& word : match_words()) {
    const auto found = match_of(word);
    ASSERT_TRUE(found) << word;
    EXPECT_LE(found->size(), static_cast<std::size_t>(kMaxMatches)) << word;
  }
  EXPECT_EQ(match_of("bfd")->at(0).port_low, 3784);
  EXPECT_EQ(match_of("bgp")->at(0).protocol, 6);
}

TEST(Match, ReadsPortsAndProtocols) {
  const auto range = match_of("udp/5000-5010");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->at(0).port_low, 5000);
  EXPECT_EQ(range->at(0).port_high, 5010);
  EXPECT_EQ(match_of("proto/89")->at(0).protocol, 89);
}

TEST(Match, RefusesTheRest) {
  for (const char* word :
       {"", "esp2", "tcp/", "tcp/0", "tcp/65536", "tcp/9-8", "udp/x", "proto/256", "sctp/1", "tcp/1-", "tcp/ 1"})
    EXPECT_FALSE(match_of(word)) << word;
}

}  // namespace xconn::datapath
