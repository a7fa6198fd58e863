// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/address.hh"

namespace xconn {
namespace {

TEST(Address, ReadsAndWritesBothFamilies) {
  EXPECT_EQ(Address::parse("192.0.2.1")->text(), "192.0.2.1");
  EXPECT_EQ(Address::parse("2001:DB8:0:0::1")->text(), "2001:db8::1");
  EXPECT_EQ(Address::parse("192.0.2.1")->v4_value(), 0xc0000201U);
  EXPECT_EQ(Address::v4(0xc0000201U), Address::parse("192.0.2.1"));
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text : {"", " ", "192.0.2", "192.0.2.256", "192.0.2.1 ", "192.0.2.1/24", "01.2.3.4", "1.2.3.4.5",
                           "::g", "1:2:3:4:5:6:7:8:9", "localhost"})
    EXPECT_FALSE(Address::parse(text)) << text;
  EXPECT_FALSE(Address::parse(std::string_view("192.0.2.1\0x", 11)));
}

TEST(Address, CountsOnWithCarry) {
  EXPECT_EQ(Address::parse("192.0.2.255")->plus(1).text(), "192.0.3.0");
  EXPECT_EQ(Address::parse("2001:db8::ffff")->plus(1).text(), "2001:db8::1:0");
}

TEST(Address, KnowsWhatIsPublicAndItsBorders) {
  for (const char* text :
       {"10.0.0.0", "172.16.0.0", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.1.1", "fd00::1", "127.0.0.1",
        "224.0.0.5", "255.255.255.255", "0.0.0.1", "2001:db8::1", "fe80::1", "ff02::1", "::1"})
    EXPECT_FALSE(Address::parse(text)->is_public()) << text;
  for (const char* text : {"9.255.255.255", "11.0.0.0", "172.32.0.0", "100.128.0.0", "192.0.2.1", "223.255.255.255",
                           "2001:db9::1", "3fff::1"})
    EXPECT_TRUE(Address::parse(text)->is_public()) << text;
}

TEST(Prefix, IsPublicWhenNothingOfItIsNot) {
  for (const char* text : {"203.0.113.0/24", "11.0.0.0/8", "3fff::/20"})
    EXPECT_TRUE(Prefix::parse(text)->is_public()) << text;
  for (const char* text : {"0.0.0.0/0", "::/0", "10.1.0.0/16", "8.0.0.0/6", "2001::/16"})
    EXPECT_FALSE(Prefix::parse(text)->is_public()) << text;
}

TEST(Prefix, ReadsNetworksAndSingleAddresses) {
  EXPECT_EQ(Prefix::parse("192.0.2.0/24")->text(), "192.0.2.0/24");
  EXPECT_EQ(Prefix::parse("192.0.2.7")->text(), "192.0.2.7/32");
  EXPECT_EQ(Prefix::parse("2001:db8::1")->length(), 128);
  EXPECT_TRUE(Prefix::parse("0.0.0.0/0")->is_default());
  EXPECT_TRUE(Prefix::parse("::/0")->is_default());
}

TEST(Prefix, RefusesHostBitsAndBadLengths) {
  for (const char* text : {"192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2.0/ 24", "/24",
                           "2001:db8::/129", "2001:db8::1/64", "192.0.2.0/24/24", "192.0.2.0/+24"})
    EXPECT_FALSE(Prefix::parse(text)) << text;
}

TEST(Prefix, ContainsAndOverlaps) {
  const auto wide = *Prefix::parse("10.0.0.0/8");
  const auto narrow = *Prefix::parse("10.1.0.0/16");
  EXPECT_TRUE(wide.contains(narrow));
  EXPECT_FALSE(narrow.contains(wide));
  EXPECT_TRUE(narrow.overlaps(wide));
  EXPECT_FALSE(narrow.overlaps(*Prefix::parse("10.2.0.0/16")));
  EXPECT_FALSE(Prefix::parse("0.0.0.0/0")->contains(*Address::parse("::1")));
  EXPECT_EQ(narrow.last().text(), "10.1.255.255");
  EXPECT_EQ(Prefix::parse("0.0.0.0/0")->last().text(), "255.255.255.255");
  EXPECT_EQ(Prefix::parse("192.0.2.7/32")->last().text(), "192.0.2.7");
}

TEST(InterfaceAddress, KeepsHostBits) {
  const auto address = InterfaceAddress::parse("192.0.2.7/24");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "192.0.2.7/24");
  EXPECT_EQ(address->network().text(), "192.0.2.0/24");
  EXPECT_FALSE(InterfaceAddress::parse("192.0.2.7"));
}

TEST(Mac, ReadsExactlySixBytes) {
  EXPECT_EQ(Mac::parse("02:00:5e:00:53:ff")->text(), "02:00:5e:00:53:ff");
  EXPECT_EQ(Mac::parse("02:00:5e:00:53:ff")->cisco_text(), "0200.5e00.53ff");
  for (const char* text :
       {"", "02:00:5e:00:53", "02:00:5e:00:53:ff:00", "02-00-5e-00-53-ff", "02:00:5e:00:53:fg", "2:0:5e:0:53:f"})
    EXPECT_FALSE(Mac::parse(text)) << text;
}

TEST(Mac, FromNameIsStableLocalUnicastAndDistinct) {
  EXPECT_EQ(Mac::from_name("hq:lan"), Mac::from_name("hq:lan"));
  EXPECT_NE(Mac::from_name("hq:lan"), Mac::from_name("hq:wan"));
  EXPECT_EQ(Mac::from_name("hq:lan").bytes()[0] & 0x03, 0x02);
}

TEST(Asn, HoldsOnlyOneTo4294967294) {
  EXPECT_EQ(Asn::parse("65515")->value(), 65515U);
  EXPECT_EQ(Asn::parse("4294967294")->value(), 4294967294U);
  for (const char* text : {"", "0", "4294967295", "4294967296", "-1", "1.10", "AS65515", " 1", "99999999999999999999"})
    EXPECT_FALSE(Asn::parse(text)) << text;
}

TEST(Names, InterfaceNamesAreTheKernels) {
  for (const char* text : {"lo", "eth0.100", "fifteen-bytes-x", "er@1"}) EXPECT_TRUE(is_interface_name(text)) << text;
  for (const char* text : {"", ".", "..", "a/b", "a b", "a:1", "sixteen-bytes-xx", "tab\t"})
    EXPECT_FALSE(is_interface_name(text)) << text;
}

TEST(Names, ObjectNamesStartWithLetterOrDigit) {
  for (const char* text : {"hq-fgt", "1a", "a_b"}) EXPECT_TRUE(is_object_name(text)) << text;
  for (const char* text : {"", "-a", "_a", "a b", "a.b", "a/b"}) EXPECT_FALSE(is_object_name(text)) << text;
  EXPECT_TRUE(is_object_name(std::string(63, 'a')));
  EXPECT_FALSE(is_object_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace xconn
