// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernel/md5_drops.hh"

namespace xconn::kernel {
namespace {

TEST(Md5Drops, AreReadByTheirNames) {
  EXPECT_EQ(md5_drops_in("TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted\n"
                         "TcpExt: 7 1 2 3 9\n"
                         "IpExt: InNoRoutes\n"
                         "IpExt: 5\n"),
            (Md5Drops{1, 2, 3}));
}

TEST(Md5Drops, OfAKernelThatCountsNoneAreNone) {
  EXPECT_EQ(md5_drops_in("TcpExt: SyncookiesSent\nTcpExt: 7\n"), Md5Drops{});
  EXPECT_EQ(md5_drops_in(""), Md5Drops{});
}

TEST(Md5Drops, OfThisNamespaceCanBeRead) { EXPECT_NO_THROW(Md5Counters(sys::Netns::current()).read()); }

}  // namespace
}  // namespace xconn::kernel
