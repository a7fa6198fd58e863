// SPDX-License-Identifier: Apache-2.0
// Applications by nDPI, from packets made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/ip.h>

#include <cstring>

#include "nodes/edge/daemon/classifier.hh"

namespace xconn::sdwan {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

Config config(const std::string& rules) {
  return parse_config(R"({"routes": ["10.0.0.0/8"], "members": [{"name": "a", "interface": "a0"}], "rules": )" + rules +
                      "}");
}

Bytes udp(const Tuple& tuple, const std::string& payload) {
  iphdr ip{};
  ip.version = 4;
  ip.ihl = 5;
  ip.ttl = 64;
  ip.protocol = tuple.protocol;
  ip.saddr = htonl(tuple.source);
  ip.daddr = htonl(tuple.destination);
  ip.tot_len = htons(static_cast<std::uint16_t>(sizeof ip + 8 + payload.size()));
  const std::uint16_t header[] = {htons(tuple.source_port), htons(tuple.destination_port),
                                  htons(static_cast<std::uint16_t>(8 + payload.size())), 0};
  Bytes packet(sizeof ip + sizeof header + payload.size());
  std::memcpy(packet.data(), &ip, sizeof ip);
  std::memcpy(packet.data() + sizeof ip, header, sizeof header);
  std::memcpy(packet.data() + sizeof ip + sizeof header, payload.data(), payload.size());
  return packet;
}

const Tuple kQuery{0x0a000001, 0x0a000002, IPPROTO_UDP, 40000, 53};
const std::string kDns(
    "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07"
    "example\x03org\x00\x00\x01\x00\x01",
    33);

TEST(Classifier, finds_the_rules_that_name_the_application) {
  Classifier classifier(config(R"([{"name": "x", "applications": ["HTTP"]}, {"name": "y", "applications": ["dns"]}])"));
  const auto finding = classifier.observe(udp(kQuery, kDns), 1s);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->bits, 2u);
  EXPECT_EQ(finding->application, "DNS");
  EXPECT_EQ(finding->tuple, kQuery);
  EXPECT_FALSE(classifier.observe(udp(kQuery, kDns), 2s)) << "told once";
  ASSERT_EQ(classifier.top(5).size(), 1u);
  EXPECT_EQ(classifier.top(5)[0].flows, 1u);
  EXPECT_EQ(classifier.top(5)[0].packets, 2u);
}

TEST(Classifier, is_silent_about_what_no_rule_names) {
  Classifier classifier(config(R"([{"name": "x", "applications": ["HTTP"]}])"));
  EXPECT_FALSE(classifier.observe(udp(kQuery, kDns), 1s));
  EXPECT_EQ(classifier.top(5).size(), 1u);
}

TEST(Classifier, survives_anything) {
  Classifier classifier(config(R"([{"name": "x", "applications": ["HTTP"]}])"));
  const auto whole = udp(kQuery, kDns);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(classifier.observe({whole.data(), size}, 1s));
  }
  auto wrong = whole;
  wrong[0] = 0x4f;  // a header longer than the packet has bytes for
  wrong.resize(40);
  EXPECT_FALSE(classifier.observe(wrong, 1s));
  wrong[0] = 0x40;  // a header of no length
  EXPECT_FALSE(classifier.observe(wrong, 1s));
}

TEST(Classifier, refuses_unknown_names) {
  EXPECT_THROW(Classifier(config(R"([{"name": "x", "applications": ["NoSuchApplication"]}])")), ConfigError);
}

}  // namespace
}  // namespace xconn::sdwan
