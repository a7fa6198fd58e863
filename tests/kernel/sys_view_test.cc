// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/errors.hh"
#include "sys/view.hh"

namespace xconn::sys {
namespace {

std::string mounts() {
  std::ifstream file("/proc/self/mountinfo");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Of a process of its own (a view is made by one thread), in mounts of its own, all shared, as systemd has them.
template <typename Body>
void on_a_host_with_shared_mounts(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_ready = ::unshare(CLONE_NEWNS) == 0 &&
                          ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                          ::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0;
    EXPECT_TRUE(is_ready);
    if (is_ready) body();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(ViewTest, OfAHostWithSharedMountsChangesNothingThere) {
  on_a_host_with_shared_mounts([] {
    const auto before = mounts();
    (void)make_view({"/var/tmp"});
    EXPECT_EQ(mounts(), before);
  });
}

TEST(ViewTest, HearsOfWhatIsMountedLater) {
  on_a_host_with_shared_mounts([] {
    const auto view = make_view({"/var/tmp"});
    ASSERT_EQ(::mount("tmpfs", "/mnt", "tmpfs", 0, nullptr), 0);
    struct stat here {};
    ASSERT_EQ(::stat("/mnt", &here), 0);
    ASSERT_EQ(::setns(view.get(), CLONE_NEWNS), 0);
    struct stat there {};
    ASSERT_EQ(::stat("/mnt", &there), 0);
    EXPECT_EQ(there.st_dev, here.st_dev);
  });
}

TEST(ViewTest, ComesBackToTheRootAndFolderThatItLeft) {
  std::string root = "/tmp/xconn-view-test.XXXXXX";
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  for (const auto* name : {"/proc", "/here"}) std::filesystem::create_directory(root + name);
  on_a_host_with_shared_mounts([&] {
    ASSERT_EQ(::mount("/proc", (root + "/proc").c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(::chroot(root.c_str()), 0);
    ASSERT_EQ(::chdir("/here"), 0);
    EXPECT_THROW((void)make_view({}), KernelError) << "its root is no mount";
    EXPECT_NE(::access("/usr", F_OK), 0);
    EXPECT_EQ(std::filesystem::current_path(), "/here");
  });
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace xconn::sys
