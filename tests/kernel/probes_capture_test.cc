// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "probes/capture.hh"
#include "probes/flow.hh"
#include "probes_network.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;

class CaptureTest : public testing::Test {
 protected:
  void traffic() {
    FlowSpec spec;
    spec.from = "client";
    spec.to = "server";
    spec.id = 9;
    Flow flow(spec, network_);
    flow.start();
    std::this_thread::sleep_for(300ms);
    flow.stop();
    sent_ =
        measure(flow.trail(FlowDirection::kForward), {}).sent + measure(flow.trail(FlowDirection::kReverse), {}).sent;
  }
  Network network_;
  std::size_t sent_ = 0;
};

TEST_F(CaptureTest, CountsExactlyWhatMatches) {
  Capture all(network_.netns("switch"), {"to-client", "udp port 20009", "", 262144});
  Capture none(network_.netns("switch"), {"to-client", "net 172.16.0.0/12", "", 262144});
  traffic();
  all.stop();
  none.stop();
  EXPECT_EQ(all.matched(), sent_);
  EXPECT_EQ(all.dropped(), 0U);
  EXPECT_EQ(none.matched(), 0U);
}

TEST_F(CaptureTest, WritesAPcap) {
  const auto file = std::filesystem::temp_directory_path() / ("xconn-capture-" + std::to_string(getpid()) + ".pcap");
  Capture capture(network_.netns("server"), {"eth0", "udp", file, 128});
  traffic();
  capture.stop();
  // The file's head has 24 bytes; each record's 16, and 14 + 20 + 8 + 64 of packet.
  EXPECT_EQ(std::filesystem::file_size(file), 24 + capture.matched() * (16 + 106));
  EXPECT_GE(capture.matched(), sent_);
  std::filesystem::remove(file);
}

TEST_F(CaptureTest, AMissingInterfaceAndAWrongFilterAreRefused) {
  EXPECT_THROW(Capture(network_.netns("server"), {"eth7", "", "", 128}), NotFoundError);
  EXPECT_THROW(Capture(network_.netns("server"), {"eth0", "udp porto 1", "", 128}), Error);
  EXPECT_NE(filter_fault("udp porto 1"), "");
  EXPECT_EQ(filter_fault("net 172.16.0.0/12 and not esp"), "");
}

}  // namespace
}  // namespace xconn::probes
