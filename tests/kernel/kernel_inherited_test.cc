// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "base/errors.hh"
#include "kernel/inherited.hh"
#include "kernel/sysctl.hh"
#include "kernel_fixture.hh"
#include "sys/file.hh"

namespace xconn::kernel {
namespace {

using Words = std::vector<std::string>;

/// What sysctl(8) says inside: key -> value, with single spaces.
Sysctls seen_in(const sys::Netns& netns) {
  Sysctls out;
  const auto text = sys::run_checked({"sysctl", "-ae"}, {.netns = netns.fd()});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    auto value = line.substr(equals + 3);
    std::ranges::replace(value, '\t', ' ');
    out[sysctl_path(line.substr(0, equals))] = value;
  }
  return out;
}

/// Another value that the kernel takes there.
std::string other_than(const std::string& path, const std::string& value) {
  if (path.ends_with("/tcp_congestion_control")) return "reno";
  if (path.ends_with("/tcp_rmem") || path.ends_with("/tcp_wmem")) return "8192 65536 131072";
  if (path.ends_with("/mtu")) return "1400";
  if (value == "0" || value == "-1") return "1";
  return value == "1" ? "0" : std::to_string(std::stoi(value) + 1);
}

/// In the namespace of the thread: all that a host may turn is turned, as on a host that copies it all. What this
/// kernel does not have, or does not take, is left.
std::vector<std::string> turn_all() {
  std::vector<std::string> turned;
  for (const auto& [path, value] : defaults()) try {
      sys::write_into("/proc/sys/" + path, other_than(path, value));
      turned.push_back(path);
    } catch (const KernelError&) {
    }
  return turned;
}

Words differences(const sys::Netns& netns, const Sysctls& wanted) {
  Words out;
  const auto seen = seen_in(netns);
  for (const auto& [path, value] : wanted)
    if (const auto here = seen.find(path); here != seen.end() && here->second != value)
      out.push_back(path + " = " + here->second + ", not " + value);
  return out;
}

class InheritedTest : public KernelTest {
 protected:
  /// A namespace as a host gives it in which everything is turned, settled.
  static sys::Netns settled(const Sysctls& own) {
    auto netns = sys::Netns::create();
    netns.run([&] {
      EXPECT_GT(turn_all().size(), 80U);
      Inherited inherited;
      inherited.settle("n", own);
      for (const auto& [path, value] : inherited.of_bridges(own)) write_sysctl("n", path, value);
    });
    return netns;
  }
};

TEST_F(InheritedTest, AHostWhoseEverySettingIsTurnedLeavesNoTrace) {
  auto table = defaults();
  if (sys::read_file("/proc/sys/net/ipv4/tcp_allowed_congestion_control").find("cubic") == std::string::npos)
    table.erase("net/ipv4/tcp_congestion_control");  // this kernel lets no namespace have it
  EXPECT_EQ(differences(settled({}), table), Words{});
}

TEST_F(InheritedTest, TheTableIsWhatThisKernelBeginsWith) {
  // Only where nobody has turned anything: the kernel's own values are not to be had otherwise.
  if (!differences(sys::Netns::current(), {{"net/ipv4/conf/default/rp_filter", "0"}, {"net/ipv4/ip_forward", "0"}})
           .empty())
    GTEST_SKIP() << "this host has settings of its own";
  auto table = defaults();
  std::erase_if(table, [](const auto& entry) {  // TCP is as tuned, and bridges are ours to say
    return entry.first.starts_with("net/ipv4/tcp_") || entry.first.starts_with("net/bridge/");
  });
  EXPECT_EQ(differences(sys::Netns::create(), table), Words{});
}

TEST_F(InheritedTest, AnInterfaceMadeLaterHasWhatItsNodeSays) {
  const auto netns = settled({{"net.ipv4.conf.default.rp_filter", "0"}, {"net.ipv4.ip_forward", "1"}});
  Netlink(netns, "n").commit({veth({.name = "x"}, {.name = "y"}), link_set("x", {.up = true})});
  EXPECT_EQ(differences(netns, {{"net/ipv4/conf/x/rp_filter", "0"},
                                {"net/ipv4/conf/x/arp_ignore", "0"},
                                {"net/ipv4/conf/x/forwarding", "1"},
                                {"net/ipv4/conf/x/send_redirects", "1"}}),
            Words{});
}

TEST_F(InheritedTest, LoFollowsTheDefaultUnlessTheNodeSaysOtherwise) {
  const auto netns = settled({{"net.ipv4.conf.default.send_redirects", "0"},
                              {"net.ipv4.conf.default.rp_filter", "2"},
                              {"net.ipv4.conf.lo.rp_filter", "1"}});
  EXPECT_EQ(differences(netns, {{"net/ipv4/conf/lo/send_redirects", "0"}, {"net/ipv4/conf/lo/rp_filter", "1"}}),
            Words{});
}

TEST_F(InheritedTest, WhatForwardingResetsIsAsTheNodeSays) {
  for (const auto* forward : {"0", "1"})
    for (const auto* accept : {"0", "1"}) {
      const Sysctls own{{"net.ipv4.ip_forward", forward}, {"net.ipv4.conf.all.accept_redirects", accept}};
      EXPECT_EQ(differences(settled(own), {{"net/ipv4/ip_forward", forward},
                                           {"net/ipv4/conf/default/forwarding", forward},
                                           {"net/ipv4/conf/lo/forwarding", forward},
                                           {"net/ipv4/conf/all/accept_redirects", accept}}),
                Words{})
          << forward << accept;
    }
}

TEST_F(InheritedTest, WhatIsAboutAnInterfaceWaitsForIt) {
  const Sysctls own{{"net/ipv4/conf/er.100/proxy_arp", "1"},
                    {"net.ipv4.neigh.core.proxy_delay", "0"},
                    {"net.ipv4.conf.lo.rp_filter", "0"},
                    {"net.ipv4.conf.all.proxy_arp", "1"},
                    {"net.ipv4.icmp_ratelimit", "0"}};
  EXPECT_EQ(of_interfaces(own),
            (Sysctls{{"net/ipv4/conf/er.100/proxy_arp", "1"}, {"net/ipv4/neigh/core/proxy_delay", "0"}}));
  EXPECT_EQ(differences(settled(own), {{"net/ipv4/conf/all/proxy_arp", "1"}, {"net/ipv4/icmp_ratelimit", "0"}}),
            Words{});
}

TEST_F(InheritedTest, BridgesAreAsTheNodeSaysAndOtherwiseOurs) {
  a_.run([] {
    turn_all();
    const std::string ip = "net/bridge/bridge-nf-call-iptables", arp = "net/bridge/bridge-nf-call-arptables";
    if (!sys::read_file_if_present("/proc/sys/" + ip)) GTEST_SKIP() << "this host has no br_netfilter";
    EXPECT_EQ(Inherited().of_bridges({}).at(ip), "0");
    const auto rest = Inherited().of_bridges({{"net.bridge.bridge-nf-call-iptables", "1"}});
    EXPECT_FALSE(rest.contains(ip));
    EXPECT_TRUE(rest.contains(arp));
  });
}

TEST_F(InheritedTest, NeighboursAreLookedForAsTheKernelDoesIt) {
  a_.run([] {
    EXPECT_EQ(Inherited().of_neighbours("eth0"), Sysctls{});
    sys::write_into("/proc/sys/net/ipv4/neigh/lo/ucast_solicit", "9");
    EXPECT_EQ(Inherited().of_neighbours("eth0.5"), (Sysctls{{"net/ipv4/neigh/eth0.5/ucast_solicit", "3"}}));
    Inherited().settle("n", {});
    EXPECT_EQ(sys::read_file("/proc/sys/net/ipv4/neigh/lo/ucast_solicit"), "3\n");
  });
}

}  // namespace
}  // namespace xconn::kernel
