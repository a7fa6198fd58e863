// SPDX-License-Identifier: Apache-2.0
// A flow: numbered probes between two nodes. Each end has a thread of its own that lives in the node's network
// namespace, keeps absolute deadlines, and runs with real-time priority where the host allows it. Arrivals are stamped
// by the kernel (SO_TIMESTAMPING), so a late reader does not make a packet late.
//
// The start of every UDP payload, big endian; datapath/trace reads it: magic, flow id, sequence, send time.
//   0      4        8          16           24
//   | XCN1 | flow id | sequence | sent (ns)  | padding ...
// TCP records have the same head and the same fixed size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/names.hh"
#include "probes/site.hh"
#include "probes/stopwatch.hh"

namespace xconn::probes {

constexpr std::uint32_t kMagic = 0x58434e31;  // "XCN1"
constexpr std::size_t kHeaderSize = 24;

/// udp          a numbered stream each way on the same 5-tuple; each direction is measured by itself
/// udp-new      a new source port for each probe, each echoed: what new UDP sessions feel
/// tcp          one connection, one record per interval, each echoed: what an established session feels
/// tcp-connect  a new connection for each probe, closed after one echo; one SYN each, no retransmission
enum class FlowKind { kUdp, kUdpNew, kTcp, kTcpConnect };

std::string to_string(FlowKind kind);

struct FlowSpec {
  std::string name;
  FlowKind kind = FlowKind::kUdp;
  std::string from, to;  ///< places as Site::endpoint takes them
  Duration every{std::chrono::milliseconds{5}};
  std::uint16_t size = 64;  ///< payload bytes, at least kHeaderSize
  std::uint8_t dscp = 0;
  std::uint16_t port = 0;  ///< at `to`; 0 chooses one from the id
  std::uint32_t id = 0;    ///< unique in the lab
  std::string folder;      ///< where its records go; Flow takes the site's
};

enum class FlowDirection { kForward, kReverse };  ///< from -> to, and back

/// The ports of the flow, for those who look for its packets on the way. A source port of 0 changes with each probe.
struct FiveTuple {
  Address from, to;
  std::uint8_t protocol = 0;
  std::uint16_t from_port = 0, to_port = 0;
  std::uint16_t translated_port = 0;  ///< where it arrives, when something on the way changes that; 0: at to_port
};

/// Running from start() until stop() or destruction. Not for use by two threads at once.
class Flow {
 public:
  /// Opens the sockets in both namespaces. Throws KernelError, NotFoundError.
  Flow(FlowSpec spec, const Site& site);
  Flow(Flow&&) noexcept;
  Flow& operator=(Flow&&) noexcept;
  ~Flow();

  const FlowSpec& spec() const;
  const FiveTuple& tuple() const;
  void start();
  /// True once something arrived in both directions.
  bool established() const;
  /// The nodes where it begins and, as far as is known, is answered.
  const std::string& from_node() const;
  const std::string& to_node() const;
  /// Stops sending, waits for what is in flight (at most `linger`), ends the threads. Once.
  void stop(Duration linger = std::chrono::milliseconds{500});
  /// Only after stop().
  const Trail& trail(FlowDirection way) const;
  /// What ended it by itself, "connection reset by peer at +3.2s"; empty normally. Only after stop().
  const std::string& broken() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::probes

namespace xconn {

template <>
struct Names<probes::FlowKind> {
  using Kind = probes::FlowKind;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kUdp, "udp"}, {Kind::kUdpNew, "udp-new"}, {Kind::kTcp, "tcp"}, {Kind::kTcpConnect, "tcp-connect"}};
};

}  // namespace xconn
