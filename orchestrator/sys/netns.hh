// SPDX-License-Identifier: Apache-2.0
// A network namespace is a file descriptor, not a name. The calling thread is inside while run() lasts and comes back
// whatever happens; others stay where they are. A namespace goes, asynchronously, once this handle, every socket opened
// inside, every process inside and every pinned path are gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sys/fd.hh"

namespace xconn::sys {

/// Move-only; never empty until moved from. All functions throw KernelError.
class Netns {
 public:
  static Netns create();
  /// Many at once, made by up to two threads: cheaper than one by one. Here the calling thread waits.
  static std::vector<Netns> create(std::size_t count);
  static Netns open(const std::string& path);
  static Netns current();

  int fd() const { return fd_.get(); }
  std::uint64_t id() const;  ///< the inode number of the namespace: equal when it is the same one

  /// Gives it a name in the file system (bind mount on a new file), as `ip netns` does; ends with the mount namespace
  /// or with unpin().
  void pin(const std::string& path) const;
  static void unpin(const std::string& path);

  /// Runs `action` inside and hands back its value or its exception. Sockets it opens stay in the namespace for good.
  template <typename Action>
  std::invoke_result_t<Action> run(Action&& action) const {
    if constexpr (std::is_void_v<std::invoke_result_t<Action>>) {
      enter_and_run(std::ref(action));
    } else {
      std::optional<std::invoke_result_t<Action>> value;
      enter_and_run([&] { value.emplace(action()); });
      return std::move(*value);
    }
  }

 private:
  explicit Netns(Fd fd) : fd_(std::move(fd)) {}
  void enter_and_run(const std::function<void()>& action) const;
  Fd fd_;
};

}  // namespace xconn::sys
