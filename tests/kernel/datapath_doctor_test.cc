// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/errors.hh"
#include "datapath/doctor.hh"
#include "datapath/trial.hh"
#include "sys/clock.hh"

namespace xconn::datapath_test {

using datapath::Choice;
using datapath::State;
using datapath::VlanDriver;

TEST(Doctor, TriesEverything) {
  const auto begin = sys::now();
  const auto report = datapath::doctor();
  const auto took = sys::now() - begin;
  for (const auto& it : report)
    std::printf("%-20s %-9s %-24s %s%s%s\n", it.name.c_str(), to_string(it.state), it.driver.c_str(), it.detail.c_str(),
                it.remedy.empty() ? "" : "   -> ", it.remedy.c_str());
  std::printf("%.0f ms\n", static_cast<double>(took.count()) / 1e6);
  std::vector<std::string> names;
  for (const auto& it : report) {
    names.push_back(it.name);
    EXPECT_TRUE(it.state != State::kOk || it.remedy.empty()) << it.name;
    EXPECT_TRUE(it.state != State::kMissing || !it.remedy.empty()) << it.name;
    EXPECT_EQ(it.state == State::kMissing, it.driver.empty()) << it.name;
    EXPECT_FALSE(it.detail.empty()) << it.name;
  }
  EXPECT_EQ(names, datapath::feature_names());
}

// What every host that can run a lab has, by one driver or the other.
TEST(Doctor, FindsWhatLabsNeed) {
  for (const char* name : {"veth", "bridge", "vlan", "qinq", "delay", "loss", "rate", "vrf", "nftables", "tun"}) {
    const auto feature = datapath::examine(name);
    EXPECT_NE(feature.state, State::kMissing) << name << ": " << feature.detail;
  }
  EXPECT_THROW(datapath::examine("teleport"), NotFoundError);
}

// netem, XFRM and VRF devices would change nothing: labs have one driver for these, whatever the kernel can do.
TEST(Doctor, NamesTheDriverThatLabsUse) {
  const std::pair<const char*, const char*> only_portable[] = {
      {"delay", "user-space wire"}, {"ipsec", "kernel-libipsec"}, {"vrf", "a namespace for each VRF"}};
  for (const auto& [name, driver] : only_portable) {
    const auto feature = datapath::examine(name);
    EXPECT_EQ(feature.state, State::kPortable) << name;
    EXPECT_EQ(feature.driver, driver);
    EXPECT_THAT(feature.detail, testing::HasSubstr("no lab uses"));
    EXPECT_EQ(feature.remedy, "");
  }
}

TEST(Doctor, ChoosesWhatWorks) {
  EXPECT_EQ(datapath::choose_vlan(Choice::kPortable), VlanDriver::kPortable);
  const bool kernel = datapath::examine("vlan").state == State::kOk;
  EXPECT_EQ(datapath::choose_vlan(Choice::kAuto), kernel ? VlanDriver::kKernel : VlanDriver::kPortable);
  if (kernel)
    EXPECT_EQ(datapath::choose_vlan(Choice::kKernel), VlanDriver::kKernel);
  else
    EXPECT_THROW(datapath::choose_vlan(Choice::kKernel), HostError);
}

// The word of a machine that is busy is not "missing", and no package would help.
TEST(Doctor, TellsSlowFromMissing) {
  const auto refused = datapath::Trial::attempt(
      [](const auto&) { throw TimeoutError("'nft -f -' to end", std::chrono::seconds(60), ""); });
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason, "did not answer in 1m");
  EXPECT_THAT(refused->remedy, testing::HasSubstr("busy"));
}

// As a broken package is: found, and not to be executed. The doctor goes on to what else there is.
TEST(Doctor, AProgramThatDoesNotRunIsOneFindingOfAll) {
  datapath::Feature frr;
  std::thread([&] {
    ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    ASSERT_EQ(::mount("/etc/passwd", "/usr/lib/frr/zebra", nullptr, MS_BIND, nullptr), 0);
    EXPECT_NO_THROW(frr = datapath::examine("program:frr"));
  }).join();
  EXPECT_EQ(frr.state, State::kMissing);
  EXPECT_THAT(frr.detail, testing::HasSubstr("/usr/lib/frr/zebra --version: "));
  EXPECT_EQ(frr.remedy, "apt-get install frr");
}

TEST(Doctor, ATrialThatFailsHalfWayIsNotInTheWayOfTheNext) {
  const auto half_way = [](const datapath::Trial& trial) {
    trial.add_bridge();
    throw KernelError("go on", "trial", "", EIO);
  };
  for (int i = 0; i < 2; ++i) EXPECT_EQ(datapath::Trial::attempt(half_way)->reason, "go on: Input/output error");
}

TEST(Doctor, HandsOnTheRemedyOfAMissingModule) {
  const auto refused = datapath::Trial::attempt([](const auto&) { throw HostError("tun", "modprobe tun"); });
  EXPECT_EQ(refused->remedy, "modprobe tun");
}

}  // namespace xconn::datapath_test
