// SPDX-License-Identifier: Apache-2.0
// A thread that lives in a network namespace and serves file descriptors and one exact tick. It is apart from the
// agent's loop so that nothing the agent does can make a probe late.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <unordered_map>

#include "base/duration.hh"
#include "sys/fd.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::probes {

/// Gives the calling thread SCHED_FIFO. False when the host refuses.
bool make_real_time();

class Worker {
 public:
  using Ready = std::function<void(std::uint32_t events)>;

  explicit Worker(const sys::Netns& netns);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Calls `ready` when the fd is as `events` (EPOLLIN ...) asks. Before start(), or on the worker's thread.
  void watch(int fd, std::uint32_t events, Ready ready);
  void forget(int fd);
  /// Calls `tick` at first, first + period, ...: absolute deadlines; those that were missed are skipped. As watch().
  void tick_from(Duration first, Duration period, std::function<void()> tick);
  void stop_ticking();  ///< from any thread

  void start();
  /// Ends the thread and waits for it; from any other thread.
  void join() noexcept;
  bool real_time() const { return real_time_; }
  /// What an action threw, if one did: the thread has ended then. After join().
  const std::string& failure() const { return failure_; }

 private:
  void live();
  void serve();
  void tick();

  sys::Fd netns_, poll_, wake_, timer_;
  std::unordered_map<int, Ready> watched_;
  std::function<void()> tick_;
  std::atomic<bool> ending_{false}, ticking_{true}, real_time_{false};
  std::string failure_;
  std::thread thread_;
};

}  // namespace xconn::probes
