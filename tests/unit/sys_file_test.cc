// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/errors.hh"
#include "sys/fd.hh"
#include "sys/file.hh"

namespace xconn::sys {
namespace {

class File : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { remove_tree(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  static mode_t mode(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }
  std::string folder_ = "/tmp/xconn-file-test.XXXXXX";
};

TEST_F(File, WhatIsWrittenIsReadAndHasItsMode) {
  const std::string content("a\0b\n", 4);
  write_file(path("secret"), content, 0600);
  EXPECT_EQ(read_file(path("secret")), content);
  EXPECT_EQ(mode(path("secret")), 0600U);
  write_file(path("secret"), "new", 0640);
  EXPECT_EQ(read_file(path("secret")), "new");
  EXPECT_EQ(mode(path("secret")), 0640U);
}

TEST_F(File, OutputGoesThroughALinkAndIntoADevice) {
  write_file(path("target"), "old");
  ASSERT_EQ(::symlink(path("target").c_str(), path("link").c_str()), 0);
  write_output(path("link"), "new");
  EXPECT_EQ(read_file(path("target")), "new");
  EXPECT_EQ(mode(path("link")), 0777U) << "still a link";
  write_output(path("fresh"), "new", 0600);
  EXPECT_EQ(mode(path("fresh")), 0600U);
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  const Fd reader(::open(path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  write_output(path("fifo"), "written");
  char read[8] = {};
  EXPECT_EQ(::read(reader.get(), read, sizeof read), 7);
  EXPECT_STREQ(read, "written");
  EXPECT_THROW(write_output("/dev/full", "lost"), KernelError);
}

TEST_F(File, AReplacedFileStaysWholeForWhoHasItOpen) {
  write_file(path("a"), "old");
  auto* open = std::fopen(path("a").c_str(), "r");
  ASSERT_NE(open, nullptr);
  write_file(path("a"), "new");
  char text[4] = {};
  EXPECT_EQ(std::fread(text, 1, 3, open), 3U);
  std::fclose(open);
  EXPECT_STREQ(text, "old");
}

TEST_F(File, ErrorsNameThePath) {
  EXPECT_FALSE(read_file_if_present(path("none")));
  try {
    read_file(path("none"));
    FAIL() << "read what is not there";
  } catch (const KernelError& error) {
    EXPECT_EQ(error.error_number(), ENOENT);
    EXPECT_EQ(error.object(), path("none"));
  }
  EXPECT_THROW(write_file(path("no/such/folder"), ""), KernelError);
}

TEST_F(File, MakesParentsOnceAndRefusesAFileInTheWay) {
  make_directories(path("a/b/c"), 0700);
  make_directories(path("a/b/c"), 0700);
  EXPECT_EQ(mode(path("a/b")), 0700U);
  write_file(path("a/file"), "");
  EXPECT_THROW(make_directories(path("a/file/d")), KernelError);
}

TEST_F(File, RemovingATreeFollowsNoSymbolicLink) {
  make_directories(path("kept"));
  write_file(path("kept/file"), "precious");
  make_directories(path("tree/deep/deeper"));
  write_file(path("tree/deep/file"), "");
  ASSERT_EQ(::symlink(path("kept").c_str(), path("tree/deep/link").c_str()), 0);
  remove_tree(path("tree"));
  EXPECT_NE(::access(path("tree").c_str(), F_OK), 0);
  EXPECT_EQ(read_file(path("kept/file")), "precious");
  ASSERT_EQ(::symlink(path("kept").c_str(), path("link").c_str()), 0);
  remove_tree(path("link"));
  EXPECT_EQ(read_file(path("kept/file")), "precious");
  EXPECT_NO_THROW(remove_tree(path("never was")));
}

}  // namespace
}  // namespace xconn::sys
