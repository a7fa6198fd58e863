// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/input.hh"

namespace xconn {
namespace {

class Input : public testing::Test {
 protected:
  Input() : folder_(std::filesystem::temp_directory_path() / ("xconn-input-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Input() override { std::filesystem::remove_all(folder_); }
  std::string path(const char* name) const { return folder_ / name; }
  std::string written(const char* name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path folder_;
};

std::string fault(const std::string& path, std::size_t limit = 1024) {
  const auto read = read_input(path, limit);
  const auto* fault = std::get_if<Unreadable>(&read);
  return fault == nullptr ? "" : fault->rule;
}

TEST_F(Input, AFileUpToItsLimit) {
  const auto file = written("file", std::string(1024, 'x'));
  EXPECT_EQ(std::get<std::string>(read_input(file, 1024)).size(), 1024U);
  EXPECT_NE(fault(file, 1023).find("too large"), std::string::npos);
}

TEST_F(Input, NoReadWaits) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_NE(fault(path("fifo")).find("no regular file"), std::string::npos);
  for (const auto* device : {"/dev/zero", "/dev/null", "/dev/ptmx", "/dev/tty"}) EXPECT_NE(fault(device), "") << device;
  EXPECT_NE(fault("/").find("folder"), std::string::npos);
  EXPECT_NE(fault(path("none")).find("no such file"), std::string::npos);
}

TEST_F(Input, WhatHasNoSizeIsEmpty) {
  EXPECT_EQ(std::get<std::string>(read_input("/proc/self/environ", 1024)), "");
  const auto kernel_log = read_input("/proc/kmsg", 1024);
  EXPECT_TRUE(std::holds_alternative<Unreadable>(kernel_log) || std::get<std::string>(kernel_log).empty());
}

TEST_F(Input, ADescriptorUntilItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "hello", 5), 5);
  ::close(ends[1]);
  EXPECT_EQ(std::get<std::string>(read_input(ends[0], 5)), "hello");
  ::close(ends[0]);
}

}  // namespace
}  // namespace xconn
