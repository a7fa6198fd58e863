// SPDX-License-Identifier: Apache-2.0
// What the kinds of flow share: two ends, each a worker in its namespace with a log of what left and what came.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "probes/flow.hh"
#include "probes/head.hh"
#include "probes/worker.hh"
#include "sys/fd.hh"

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
  Driver(const FlowSpec& spec, const Endpoint& from, const Target& to);
  virtual ~Driver() = default;
  virtual const FiveTuple& tuple() const { return tuple_; }
  /// Prepares the first tick, at a time on CLOCK_MONOTONIC; then both workers are started.
  virtual void arm(Duration first) = 0;
  /// Of the receivers, the one that heard something last; at first the only or the first one.
  const Endpoint& answering() const { return receivers_[answering_]; }
  /// How a connection ended by itself; after the workers have joined.
  virtual std::string broken() const { return {}; }

  Worker near_worker, far_worker;
  EndLog near_log, far_log;

 protected:
  Head next_head();  ///< numbers the next probe of the near end and stamps it
  /// One socket at each receiver, as `open` makes it there. Where there are several, a port that is in use already is
  /// somebody else's to answer at.
  std::vector<sys::Fd> open_receivers(const std::function<sys::Fd(const Endpoint&, std::uint16_t port)>& open) const;
  void heard_at(std::size_t receiver) { answering_ = receiver; }
  const FlowSpec& spec_;
  FiveTuple tuple_;
  const std::vector<Endpoint> receivers_;

 private:
  std::atomic<std::size_t> answering_{0};
  std::uint64_t next_ = 0;
};

std::unique_ptr<Driver> make_udp(const FlowSpec& spec, const Endpoint& from, const Target& to);
std::unique_ptr<Driver> make_udp_new(const FlowSpec& spec, const Endpoint& from, const Target& to);
std::unique_ptr<Driver> make_tcp(const FlowSpec& spec, const Endpoint& from, const Target& to);
std::unique_ptr<Driver> make_tcp_connect(const FlowSpec& spec, const Endpoint& from, const Target& to);

}  // namespace xconn::probes
