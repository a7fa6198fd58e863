// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/text.hh"

namespace xconn {
namespace {

TEST(Text, WhatATerminalObeysIsShown) {
  EXPECT_EQ(printable("hello \x1b]52;c;cm0=\a"), "hello \\x1b]52;c;cm0=\\x07");
  EXPECT_EQ(printable("a\nb\tc\r\x7f"), "a\\nb\\tc\\r\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m")
      << "CSI as one C1 character";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a\\u202eb")
      << "turns the direction";
  EXPECT_EQ(printable_lines("one\n\ttwo\r\n"), "one\n\ttwo\\r\n");
}

TEST(Text, WhatPeopleWriteStays) {
  for (const auto* text : {"", "S2S VPN, 10 % \"loss\" \\", "Zürich", "東京", "✅"}) {
    EXPECT_EQ(printable(text), text);
    EXPECT_TRUE(is_plain(text)) << text;
  }
}

TEST(Text, WhatIsNoUtf8IsShownByteByByte) {
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(printable("\xc0\x80"), "\\xc0\\x80") << "longer than it has to be";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a pair";
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut";
  EXPECT_FALSE(is_plain("\xff"));
}

TEST(Text, LinesArePlainWhereLinesMayBe) {
  EXPECT_FALSE(is_plain("a\nb"));
  EXPECT_TRUE(is_plain("a\n\tb", true));
  EXPECT_FALSE(is_plain("a\r\n", true));
}

}  // namespace
}  // namespace xconn
