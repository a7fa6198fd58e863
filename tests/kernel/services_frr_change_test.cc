// SPDX-License-Identifier: Apache-2.0
// What bgpd and bfdd run after a change in place is what they run when they start with it: seeded pairs of routers, and
// FRR's own `show running-config` as the judge. XCONN_SLOW=1 tries ten times as many.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include "services/frr.hh"
#include "services/vty.hh"
#include "services_ground.hh"
#include "tests/kernel/dice.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using testing_support::Dice;

std::vector<Prefix> prefixes() {
  std::vector<Prefix> all;
  for (const auto* text :
       {"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "172.16.0.0/12", "192.168.7.0/24", "fd00::/16", "fd00:1::/32"})
    all.push_back(*Prefix::parse(text));
  return all;
}

const std::vector<std::string> kCommunities{"65001:1", "65001:2", "12076:51004"};

network::PolicyIn policy_in(Dice& dice) {
  network::PolicyIn in{dice.some_of(prefixes()), dice.some_of(prefixes()), dice.some_of(kCommunities)};
  if (dice.maybe()) in.local_preference = 100U + static_cast<unsigned>(dice.below(3));
  return in;
}

network::PolicyOut policy_out(Dice& dice) {
  network::PolicyOut out{.announce = dice.some_of(prefixes()),
                         .withhold_communities = dice.some_of(kCommunities),
                         .withhold_asns = dice.some_of(std::vector{*Asn::of(65515), *Asn::of(65002)}),
                         .set_communities = dice.some_of(kCommunities),
                         .prepend = dice.below(4)};
  if (dice.maybe()) out.communities = dice.some_of(kCommunities);
  return out;
}

network::Neighbor neighbor(Dice& dice, const std::string& address) {
  network::Neighbor made{.address = *Address::parse(address), .asn = *Asn::of(dice.maybe() ? 65001 : 12076)};
  if (dice.maybe()) made.password = dice.maybe() ? "one" : "two";
  if (dice.maybe()) made.source = Address::parse(made.address.is_v4() ? "192.0.2.1" : "fd00::1");
  if (dice.maybe()) made.maximum_prefix = 100U * static_cast<unsigned>(1 + dice.below(3));
  for (bool* flag : {&made.bfd, &made.is_far, &made.passive, &made.shutdown, &made.next_hop_self}) *flag = dice.maybe();
  const bool is_internal = made.asn == *Asn::of(65001);
  made.route_reflector_client = is_internal && dice.maybe();
  made.remove_private_as = !is_internal && dice.maybe();
  made.as_override = !is_internal && dice.maybe();
  made.multihop = !is_internal && dice.maybe();
  made.in = policy_in(dice);
  made.out = policy_out(dice);
  return made;
}

network::Speaker speaker(Dice& dice) {
  network::Speaker made{.asn = *Asn::of(65001),
                        .router_id = Address::parse(dice.maybe() ? "1.1.1.1" : "2.2.2.2"),
                        .keepalive = 3s,
                        .hold = dice.maybe() ? 10s : 30s,
                        .maximum_paths = 1 + dice.below(8),
                        .bfd = {dice.maybe() ? "fast" : "azure", dice.maybe() ? 100ms : 300ms, 3}};
  for (const auto& prefix : dice.some_of(prefixes()))
    made.networks.push_back({prefix, dice.maybe() ? dice.some_of(kCommunities) : std::vector<std::string>{}});
  for (const auto& address : dice.some_of(std::vector<std::string>{"192.0.2.2", "192.0.2.6", "10.9.9.9", "fd00::2"}))
    made.neighbors.push_back(neighbor(dice, address));
  return made;
}

std::string users_lines(Dice& dice) {
  std::string text;
  for (const auto& line : dice.some_of(std::vector<std::string>{"neighbor 192.0.2.77 remote-as 65009",
                                                                "bgp bestpath med confed", "maximum-paths 3"}))
    text += line.starts_with("max") ? " address-family ipv4 unicast\n  " + line + "\n exit-address-family\n"
                                    : " " + line + "\n";
  return text.empty() ? text : "router bgp 65001\n" + text;
}

plan::Node router(const std::string& name, const network::Speaker& bgp, const std::string& users_lines = {}) {
  return {.name = name,
          .bgp = bgp,
          .frr_lines = users_lines,
          .services = {{.kind = "frr", .name = "zebra", .config = "frr.conf"},
                       {.kind = "frr", .name = "bgpd", .config = "frr.conf", .after = {"zebra"}},
                       {.kind = "frr", .name = "bfdd", .config = "frr.conf", .after = {"zebra"}}}};
}

class FrrChange : public Ground {
 protected:
  /// Its lines below the first lines of their sections, sorted: FRR shows lists, route maps and what they set in the
  /// order in which they came.
  std::string running_config(const std::string& node, const std::string& daemon) {
    std::istringstream lines(ask(vty_socket(node, daemon), "show running-config"));
    std::set<std::string> sorted;
    std::string section;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(' ')) section = line;
      if (!is_nothing(line)) sorted.insert(line == section ? line : section + " /" + line);
    }
    return fmt::format("{}\n", fmt::join(sorted, "\n"));
  }
  /// Of no configuration, or its own; bfdd keeps an empty section once it had one.
  static bool is_nothing(const std::string& line) {
    static const std::regex kNothing("!|bfd|exit|hostname .*|Building .*|Current .*| *");
    return std::regex_match(line, kNothing);
  }
  void expect_alike(const std::string& changed, const std::string& fresh, unsigned seed) {
    for (const auto* daemon : {"bgpd", "bfdd"})
      EXPECT_EQ(running_config(changed, daemon), running_config(fresh, daemon)) << daemon << ", seed " << seed;
  }
};

TEST_F(FrrChange, RunsWhatAFreshStartWouldRun) {
  const unsigned pairs = std::getenv("XCONN_SLOW") != nullptr ? 300 : 30;
  Dice first(0);
  auto& changed = node(router("changed", speaker(first)));
  start();
  for (unsigned seed = 1; seed <= pairs && !HasFailure(); ++seed) {
    Dice dice(seed);
    const auto wanted = speaker(dice);
    const auto lines = users_lines(dice);
    changed.services->change(router("changed", wanted, lines), {"frr.conf"});
    auto& fresh = node(router("fresh" + std::to_string(seed), wanted, lines));
    fresh.services->start();
    wait_ready();
    expect_alike("changed", fresh.plan.name, seed);
    fresh.services.reset();
    nodes_.pop_back();
  }
  EXPECT_TRUE(std::ranges::none_of(events_, [](const Event& event) {
    return event.text.find("did not take its new configuration") != std::string::npos;
  })) << seen_events();
}

}  // namespace
}  // namespace xconn::services
