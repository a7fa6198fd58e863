// What the kinds of flow share: two ends, each a worker in its namespace with a log of what left and what came.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "probes/flow.hh"
#include "probes/head.hh"
#include "probes/worker.hh"

namespace xconn::probes {

/// Written by the end's own thread; the counters may be read by any.
class EndLog {
 public:
  explicit EndLog(const std::string& folder) : sent_(folder), arrivals_(folder) {}
  void left(std::uint64_t sequence, Duration at);
  void came(const Head& head, const Stamp& stamp);
  std::uint64_t sent() const { return sent_count_; }
  std::uint64_t received() const { return received_count_; }
  /// Waits until so many have arrived; false when that is not so at `until` (CLOCK_MONOTONIC).
  bool wait_received(std::uint64_t count, Duration until);
  /// Once its thread has ended.
  const Series<Departure>& departures() const { return sent_; }
  const Series<Arrival>& arrivals() const { return arrivals_; }

 private:
  Series<Departure> sent_;
  Series<Arrival> arrivals_;
  std::atomic<std::uint64_t> sent_count_{0}, received_count_{0};
  std::mutex arriving_;
  std::condition_variable arrived_;
};

/// One running flow of some kind. `near` is the end at `from`, `far` the one at `to`.
class Driver {
 public:
  Driver(const FlowSpec& spec, const Endpoint& from, const Endpoint& to);
  virtual ~Driver() = default;
  virtual const FiveTuple& tuple() const { return tuple_; }
  /// Prepares the first tick, at a time on CLOCK_MONOTONIC; then both workers are started.
  virtual void arm(Duration first) = 0;
  /// How a connection ended by itself; after the workers have joined.
  virtual std::string broken() const { return {}; }

  Worker near_worker, far_worker;
  EndLog near_log, far_log;

 protected:
  Head next_head();  ///< numbers the next probe of the near end and stamps it
  const FlowSpec& spec_;
  FiveTuple tuple_;

 private:
  std::uint64_t next_ = 0;
};

std::unique_ptr<Driver> make_udp(const FlowSpec& spec, const Endpoint& from, const Endpoint& to);
std::unique_ptr<Driver> make_udp_new(const FlowSpec& spec, const Endpoint& from, const Endpoint& to);
std::unique_ptr<Driver> make_tcp(const FlowSpec& spec, const Endpoint& from, const Endpoint& to);
std::unique_ptr<Driver> make_tcp_connect(const FlowSpec& spec, const Endpoint& from, const Endpoint& to);

}  // namespace xconn::probes
