// SPDX-License-Identifier: Apache-2.0
#include "sys/netns.hh"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <thread>

#include "base/errors.hh"
#include "sys/privilege.hh"

namespace xconn::sys {
namespace {

constexpr auto kOwnNamespace = "/proc/thread-self/ns/net";
constexpr std::size_t kWorthTwoThreads = 8;

Fd open_namespace(const std::string& path) {
  return Fd(check(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open network namespace", path));
}

Fd unshare_namespace() {
  const int result = ::unshare(CLONE_NEWNET);
  if (result < 0 && errno == EPERM)  // root is not enough where a container has taken the capability away
    throw HostError("creating network namespaces needs root with CAP_SYS_ADMIN", privilege_remedy());
  check(result, "create network namespace");
  return open_namespace(kOwnNamespace);
}

/// The calling thread may be elsewhere until this goes. One that cannot return must not go on: it would configure a
/// node in place of the host. Who is not permitted to return was not permitted to leave.
class Excursion {
 public:
  Excursion() = default;
  ~Excursion() {
    if (::setns(home_.get(), CLONE_NEWNET) != 0 && errno != EPERM) std::terminate();
  }
  Excursion(const Excursion&) = delete;
  Excursion& operator=(const Excursion&) = delete;

 private:
  Fd home_ = open_namespace(kOwnNamespace);
};

}  // namespace

Netns Netns::create() {
  const Excursion excursion;
  return Netns(unshare_namespace());
}

std::vector<Netns> Netns::create(std::size_t count) {
  const std::size_t parts = count < kWorthTwoThreads ? 1 : 2;
  std::array<std::vector<Fd>, 2> made;
  std::array<std::exception_ptr, 2> errors;
  std::vector<std::thread> threads;
  for (std::size_t part = 0; part < parts; ++part)
    threads.emplace_back([&, part] {
      try {
        for (auto i = part; i < count; i += parts) made.at(part).push_back(unshare_namespace());
      } catch (...) {
        errors.at(part) = std::current_exception();
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& error : errors)
    if (error) std::rethrow_exception(error);
  std::vector<Netns> all;
  for (auto& part : made)
    for (auto& fd : part) all.push_back(Netns(std::move(fd)));
  return all;
}

Netns Netns::open(const std::string& path) { return Netns(open_namespace(path)); }

Netns Netns::current() { return Netns(open_namespace(kOwnNamespace)); }

std::uint64_t Netns::id() const {
  struct stat status {};
  check(::fstat(fd(), &status), "read network namespace");
  return status.st_ino;
}

void Netns::pin(const std::string& path) const {
  const Fd file(check(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444), "create file", path));
  const auto self = "/proc/self/fd/" + std::to_string(fd());
  if (::mount(self.c_str(), path.c_str(), "none", MS_BIND, nullptr) == 0) return;
  const int error = errno;
  ::unlink(path.c_str());
  errno = error;
  check(-1, "pin network namespace", path);
}

void Netns::unpin(const std::string& path) {
  check(::umount2(path.c_str(), MNT_DETACH), "unpin network namespace", path);
  check(::unlink(path.c_str()), "remove", path);
}

void Netns::enter_and_run(const std::function<void()>& action) const {
  const Excursion excursion;
  check(::setns(fd(), CLONE_NEWNET), "enter network namespace");
  action();
}

}  // namespace xconn::sys
