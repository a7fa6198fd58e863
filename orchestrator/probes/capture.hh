// SPDX-License-Identifier: Apache-2.0
// A packet capture at one interface of a node: matches of a BPF filter are counted and, if asked, written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "probes/stopwatch.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::probes {

struct CaptureSpec {
  std::string interface;
  std::string filter;  ///< pcap-filter(7); empty matches all
  std::string file;    ///< pcap with nanosecond stamps; empty: only count
  int snap_length = 262144;
  Window during;  ///< what is counted and written; times() has all
};

/// Captures from construction until stop() or destruction; own thread.
class Capture {
 public:
  /// Throws KernelError when the interface cannot be opened, NotFoundError when it is not there, Error with libpcap's
  /// sentence for a filter it cannot compile.
  Capture(const sys::Netns& netns, const CaptureSpec& spec);
  Capture(Capture&&) noexcept;
  Capture& operator=(Capture&&) noexcept;
  ~Capture();
  std::uint64_t matched() const;
  std::uint64_t dropped() const;  ///< by the kernel for lack of room; after stop()
  /// When packets matched, of those closer than kApart only the first; after stop().
  const std::vector<Duration>& times() const;
  void stop();

  static constexpr Duration kApart = std::chrono::milliseconds{10};

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Empty when libpcap can compile it, else libpcap's sentence.
std::string filter_fault(const std::string& filter);

}  // namespace xconn::probes
