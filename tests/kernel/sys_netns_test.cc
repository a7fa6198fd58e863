// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "base/errors.hh"
#include "sys/file.hh"
#include "sys/netns.hh"

namespace xconn::sys {
namespace {

std::uint64_t here() { return Netns::current().id(); }

TEST(NetnsTest, EachIsNewAndTheCallerStaysWhereItIs) {
  const auto before = here();
  const auto a = Netns::create(), b = Netns::create();
  EXPECT_NE(a.id(), b.id());
  EXPECT_NE(a.id(), before);
  EXPECT_EQ(here(), before);
}

TEST(NetnsTest, ManyAtOnceAreAllDifferent) {
  std::set<std::uint64_t> ids{here()};
  for (const auto& netns : Netns::create(31)) ids.insert(netns.id());
  EXPECT_EQ(ids.size(), 32U);
  EXPECT_TRUE(Netns::create(0).empty());
}

TEST(NetnsTest, RunActsInsideAndHandsBackValueOrException) {
  const auto netns = Netns::create();
  EXPECT_EQ(netns.run(here), netns.id());
  EXPECT_NE(here(), netns.id());
  EXPECT_THROW(netns.run([] { throw NotFoundError("inside"); }), NotFoundError);
  EXPECT_EQ(netns.run([] { return std::make_unique<int>(5); }) != nullptr, true);
}

TEST(NetnsTest, APinnedNameOpensTheSameNamespace) {
  std::string folder = "/tmp/xconn-netns-test.XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto path = folder + "/a";
  const auto netns = Netns::create();
  netns.pin(path);
  EXPECT_EQ(Netns::open(path).id(), netns.id());
  EXPECT_THROW(netns.pin(path), KernelError) << "a name is given once";
  EXPECT_THROW(remove_tree(folder), KernelError) << "what is mounted on is not removed";
  Netns::unpin(path);
  EXPECT_THROW(Netns::open(path), KernelError);
  remove_tree(folder);
}

}  // namespace
}  // namespace xconn::sys
