// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "sys/modules.hh"

namespace xconn::sys {
namespace {

using testing::HasSubstr;
using testing::Not;

const ModuleHost kDebian{.is_container = false,
                         .loads = true,
                         .release = "6.1.0-50-amd64",
                         .distribution = "debian",
                         .has_folder = true,
                         .absent = {}};

TEST(ModuleRemedy, IsModprobeWhereTheModuleIs) {
  EXPECT_EQ(module_remedy({"8021q"}, kDebian), "modprobe 8021q");
  EXPECT_EQ(module_remedy({"nf_tables", "nft_ct"}, kDebian), "modprobe -a nf_tables nft_ct");
}

TEST(ModuleRemedy, IsThePackageWhereTheModuleIsNot) {
  auto host = kDebian;
  host.absent = {"sch_tbf"};
  EXPECT_THAT(module_remedy({"sch_tbf"}, host), HasSubstr("package of kernel 6.1.0-50-amd64"));
  host.release = "6.1.0-50-cloud-amd64";
  EXPECT_THAT(module_remedy({"sch_tbf"}, host), HasSubstr("apt-get install linux-image-amd64"));
  host.distribution = "ubuntu";
  host.release = "6.8.0-60-generic";
  EXPECT_EQ(module_remedy({"sch_tbf"}, host), "apt-get install linux-modules-extra-6.8.0-60-generic; modprobe sch_tbf");
}

TEST(ModuleRemedy, IsTheHostsBusinessInAContainerAndInAChroot) {
  auto host = kDebian;
  host.is_container = true;
  EXPECT_EQ(module_remedy({"veth"}, host), "on the container's host: modprobe veth");
  host.is_container = false;
  host.has_folder = false;
  EXPECT_THAT(module_remedy({"veth"}, host), HasSubstr("in a chroot or a container, on its host"));
}

TEST(ModuleRemedy, IsAnotherKernelWhereThisOneTakesNoModules) {
  auto host = kDebian;
  host.loads = false;
  host.is_container = true;
  EXPECT_THAT(module_remedy({"veth"}, host), HasSubstr("boot a kernel that has veth"));
  EXPECT_THAT(module_remedy({"veth"}, host), Not(HasSubstr("modprobe")));
}

/// What the kernel says where a module is missing, as seen with each of them taken away.
TEST(Explained, NamesTheModuleOfARefusal) {
  const struct {
    const char *operation, *object;
    int error;
    const char* module;
  } refusals[] = {
      {"add veth", "a -- b", EOPNOTSUPP, "veth"},
      {"add bridge", "lan", EOPNOTSUPP, "bridge"},
      {"add vlan", "er.28 on er", EOPNOTSUPP, "8021q"},
      {"add clsact", "er", ENOENT, "sch_ingress"},
      {"attach eBPF program xconn-filter", "er", ENOENT, "cls_bpf"},
      {"set token bucket", "er 1000000 bit/s", ENOENT, "sch_tbf"},
      {"open", "/dev/net/tun", ENODEV, "tun"},
      {"apply nftables", "ruleset", EOPNOTSUPP, "nf_tables"},
  };
  for (const auto& refusal : refusals) try {
      throw_explained(KernelError(refusal.operation, refusal.object, "n", refusal.error));
    } catch (const HostError& error) {
      EXPECT_THAT(error.remedy(), HasSubstr(refusal.module)) << refusal.operation;
      EXPECT_THAT(error.missing(), HasSubstr(refusal.operation));
    }
}

/// The interface has gone; the rule names a set that is not there: no module would help.
TEST(Explained, LeavesOtherRefusalsAsTheyAre) {
  EXPECT_THROW(throw_explained(KernelError("add clsact", "er", "n", ENODEV)), KernelError);
  EXPECT_THROW(throw_explained(KernelError("add route", "10.0.0.0/8", "n", EOPNOTSUPP)), KernelError);
  EXPECT_THROW(throw_explained(KernelError("apply nftables", "ruleset", "", ENOENT)), KernelError);
}

}  // namespace
}  // namespace xconn::sys
