// SPDX-License-Identifier: Apache-2.0
// Two sites joined by two paths, for the tests of the SD-WAN edge: namespaces, edges, flows, faults, witnesses.
//
//   client 10.1.0.10 -- lan [a] m1 192.0.2.1 ----- 192.0.2.2 m1 [b] lan -- server 10.2.0.10
//                            m2 198.51.100.1 -- 198.51.100.2 m2
//                            out 203.0.113.1 -- sink             (a's default route: what leaks goes there)
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/errors.hh"
#include "kernel/dump.hh"
#include "kernel/netlink.hh"
#include "nodes/edge/daemon/nft.hh"
#include "sys/fd.hh"
#include "sys/line.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::sdwan::test {

using nlohmann::json;

/// One namespace with what is needed to work in it.
struct Site {
  explicit Site(std::string its_name);
  void nft(const std::string& text) { nftables.run(text); }
  /// Packets that arrive on `interface` are dropped when `match` fits ("" is all): a fault that keeps the carrier.
  void block(const std::string& interface, const std::string& match = "");
  void unblock(const std::string& interface);
  /// Packets of `match` that arrived on `interface` since watch() was called for it.
  void watch(const std::string& interface, const std::string& match);
  std::uint64_t seen(const std::string& interface);
  void route(const std::string& to, const std::string& interface, const std::string& via = "",
             std::uint8_t protocol = 4);
  void unroute(const std::string& to, std::uint8_t protocol);

  std::string name;
  sys::Netns netns;
  kernel::Netlink netlink;
  Nftables nftables;
};

/// A running xconn-sdwan.
class RunningEdge {
 public:
  RunningEdge(sys::Loop& loop, Site& site, const json& config, const std::string& folder);
  json state();
  bool alive(const std::string& member);
  /// Members that a rule uses, joined by '+'.
  std::string chosen(const std::string& rule);
  void stop() { process_.stop(); }
  const std::string& socket() const { return socket_; }

 private:
  std::string socket_;
  sys::Process process_;
  std::unique_ptr<sys::LineClient> client_;
};

/// Numbered UDP packets to an echo in another namespace, one every 2 ms while it is driven.
class Flow {
 public:
  Flow(Site& from, const std::string& source, Site& to, const std::string& destination, std::uint16_t port,
       int dscp = 0);
  /// Sends and echoes for so long. Returns the longest time without an echo.
  Duration run(Duration time);
  /// The same until `done`, at most `bound`; false when the bound came first.
  bool run_until(const std::function<bool()>& done, Duration bound);
  int received() const { return received_; }
  /// Longest time without an echo since the last call of run, run_until or this.
  Duration longest_gap() const { return longest_; }

 private:
  void step();
  sys::Fd client_, server_;
  Address destination_;
  std::uint16_t port_;
  std::uint64_t sequence_ = 0;
  int received_ = 0;
  Duration last_{0}, longest_{0};
};

/// A TCP echo service that answers after a delay which can be changed while it runs.
class SlowEcho {
 public:
  SlowEcho(Site& site, const std::string& address, std::uint16_t port);
  ~SlowEcho();
  void set_delay(Duration delay);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class TwoSites {
 public:
  TwoSites();
  ~TwoSites();

  /// Edge a steers 10.2.0.0/16, edge b 10.1.0.0/16; members m1 (cost 5) and m2 (cost 10), each pinged, and one rule
  /// "main": lowest cost. `patch` is merged in (RFC 7396).
  RunningEdge& start_a(const json& patch = json::object());
  RunningEdge& start_b(const json& patch = json::object());
  /// Drops all that arrives on both ends of a path, silently.
  void cut(const std::string& path);
  void heal(const std::string& path);
  std::uint64_t leaked();  ///< packets that left a by its default route
  /// Waits for `what`, at most 5 s; false when it did not come.
  bool wait(const std::function<bool()>& what);

  sys::Loop loop;
  Site client{"client"}, a{"a"}, b{"b"}, server{"server"}, sink{"sink"};
  std::string folder;
  std::unique_ptr<RunningEdge> edge_a, edge_b;

 private:
  void link(Site& left, const std::string& left_name, const std::string& left_address, Site& right,
            const std::string& right_name, const std::string& right_address);
};

/// Sends one line into a TCP connection and reads what comes within a second.
std::string exchange(int socket, const std::string& line);

/// Connects from `source` ("" is any); an empty Fd when that fails within `bound`.
sys::Fd connect_tcp(Site& from, const std::string& source, const std::string& to, std::uint16_t port,
                    Duration bound = std::chrono::milliseconds(500));

sys::Fd listen_tcp(Site& site, const std::string& address, std::uint16_t port);

}  // namespace xconn::sdwan::test
