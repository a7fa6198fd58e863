// SPDX-License-Identifier: Apache-2.0
// Writing to the kernel: a request is a value, a batch of them is sent at once, each is acknowledged, and a refusal is
// a KernelError with the kernel's own sentence (extended ack). libmnl underneath. Interfaces are named; the index is
// looked up when the batch is sent, so a batch may use an interface that an earlier request in it makes.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/wiring.hh"
#include "sys/fd.hh"
#include "sys/netns.hh"

namespace xconn::kernel {

/// One or more complete netlink messages, but for sequence numbers and interface indexes.
class Request {
 public:
  /// Where in bytes() the 32-bit index of an interface belongs.
  struct Patch {
    std::size_t offset;
    std::string interface;
  };
  Request(std::string operation, std::string object) : operation_(std::move(operation)), object_(std::move(object)) {}

  const std::string& operation() const { return operation_; }  ///< "add route"
  const std::string& object() const { return object_; }        ///< "10.0.0.0/8 table 100"
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  const std::vector<Patch>& patches() const { return patches_; }
  bool changes_names() const { return changes_names_; }
  /// Names an errno that is no failure: EEXIST, ESRCH ... "already gone" is a named wish, never a default.
  Request& tolerate(int error_number);
  bool tolerates(int error_number) const;

 private:
  friend class MessageWriter;
  std::string operation_, object_;
  std::vector<std::uint8_t> bytes_;
  std::vector<Patch> patches_;
  std::vector<int> tolerated_;
  bool changes_names_ = false;
};

using Batch = std::vector<Request>;

/// One side of a veth link, created in its namespace under its final name. It is created down: the kernel refuses a
/// veth that is up before its peer exists (ENOTCONN), so link_set() it up afterwards, in its own namespace.
struct VethEnd {
  int netns = -1;  ///< fd; must stay open until commit(); -1 is the namespace of the socket
  std::string name;
  std::optional<Mac> mac;  ///< else random
  int mtu = 1500;
  int index = 0;  ///< 0: the kernel's choice; must be free in the namespace
};

/// One transmit and one receive queue on each side. No move between namespaces, no rename. Both are down: a veth cannot
/// be created up. Give the ends of one link different indexes: where they are equal, the kernel takes the peer for the
/// link itself (linkwatch's test for stacked devices) and tells a loss of carrier up to a second late.
Request veth(const VethEnd& a, const VethEnd& b);
/// A learning bridge without STP; up from birth when `up`.
Request bridge(const std::string& name, const std::optional<Mac>& mac = {}, int mtu = 1500, bool up = false);
/// Kernel 802.1Q; only where the kernel has it.
Request vlan(const std::string& name, const std::string& parent, const Tag& tag);

struct LinkChange {
  std::optional<bool> no_ipv6_address = {};  ///< true: address generation mode none; done before `up`
  std::optional<std::string> name = {};      ///< rename; goes before all others
  std::optional<int> mtu = {};
  std::optional<Mac> mac = {};
  std::optional<std::uint32_t> queue = {};  ///< txqueuelen, packets
  std::optional<std::string> bridge = {};   ///< become its port; "" leaves
  std::optional<bool> up = {};
};
Request link_set(const std::string& name, const LinkChange& change);
Request link_delete(const std::string& name);

Request address_add(const std::string& interface, const InterfaceAddress& address);
/// Point to point: local/32 with a peer.
Request address_add_peer(const std::string& interface, const Address& local, const Prefix& peer);
Request address_delete(const std::string& interface, const InterfaceAddress& address);

/// Route protocol numbers (rtnetlink(7), FRR's rt_netlink.h): who put a route there.
constexpr std::uint8_t kProtocolStatic = 4;    ///< RTPROT_STATIC
constexpr std::uint8_t kProtocolMirror = 199;  ///< ours: routes a RouteMirror copied
constexpr std::uint8_t kProtocolSteer = 198;   ///< ours: routes the SD-WAN edge steers by

Request route_add(const Route& route, std::uint8_t protocol = kProtocolStatic);  ///< EEXIST when it is there
Request route_replace(const Route& route, std::uint8_t protocol = kProtocolStatic);
Request route_delete(const Route& route, std::uint8_t protocol = 0);  ///< protocol 0: whoever put it

/// `family` serves rules that have neither from nor to.
Request rule_add(const Rule& rule, int family = AF_INET);
Request rule_delete(const Rule& rule, int family = AF_INET);

Request neighbour_add(const std::string& interface, const Address& address, const Mac& mac);  ///< permanent

/// The hook that eBPF programs sit on. Adding it twice is EEXIST.
Request clsact_add(const std::string& interface);
Request clsact_delete(const std::string& interface);

/// Token bucket at the root: `rate` bits per second, `burst` bytes, queue as long as `latency` allows.
struct TokenBucket {
  std::uint64_t rate = 0;
  std::uint32_t burst = 0;  ///< 0: 10 ms of the rate, at least two full frames
  Duration latency = std::chrono::milliseconds(50);
};
Request token_bucket_replace(const std::string& interface, const TokenBucket& bucket);
Request root_qdisc_delete(const std::string& interface);

/// A socket inside one namespace. Move-only; may be used from any one thread at a time.
class Netlink {
 public:
  /// `name` is the namespace's name in error messages.
  explicit Netlink(const sys::Netns& netns, std::string name = {});

  /// Sends all, waits for every acknowledgement, then throws the first refusal. The requests after a refused one have
  /// been carried out all the same.
  void commit(const Batch& batch);
  void commit(const Request& request) { commit(Batch{request}); }

  const std::string& name() const { return name_; }
  int fd() const { return socket_.get(); }
  std::optional<int> find_index(const std::string& interface) const;

 private:
  struct Exchange;
  void flush(Exchange& exchange);
  void append(Exchange& exchange, const Request& request);
  sys::Fd socket_;
  std::string name_;
  std::uint32_t sequence_ = 0;
};

/// Writes /proc/sys inside the namespace. Keys as sysctl(8) takes them: "net.ipv4.conf.eth0.rp_filter"; the first
/// separator rules, so write "net/ipv4/conf/eth0.100/rp_filter" for a name with a dot. Throws KernelError.
void set_sysctls(const sys::Netns& netns, const std::string& name, const std::map<std::string, std::string>& values);

}  // namespace xconn::kernel
