// SPDX-License-Identifier: Apache-2.0
// eBPF programs on interfaces, for this folder only. A program sits on the clsact hook of an interface as a cls_bpf
// filter in direct-action mode (tc-bpf(8)). One loaded copy of each program serves all interfaces of all namespaces:
// the filter's class id, which the program reads as skb->tc_classid, is the key of its maps. (libbpf's bpf_tc_attach
// cannot set the class id, so the message is written here with libmnl.)
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/address.hh"
#include "base/errors.hh"
#include "datapath/registry.hh"
#include "kernel/netlink.hh"
#include "sys/fd.hh"
#include "sys/netns.hh"

struct nlmsghdr;

namespace xconn::datapath {

/// What an interface is, as far as programs care.
struct Device {
  int index = 0;
  bool ethernet = true;  ///< frames start with an Ethernet header; false on a layer 3 tun
  bool carrier = false;  ///< up, with a lower layer that is up
  std::array<std::uint8_t, 6> mac{};
};

/// Carrier and administrative state in the flags of an rtnetlink link message.
bool has_carrier(unsigned flags);

/// One namespace's netlink socket, shared by all that is attached there. Keeps the namespace alive. Thread-safe.
class Tc {
 public:
  static std::shared_ptr<Tc> of(const sys::Netns& netns);
  explicit Tc(const sys::Netns& netns);

  std::uint64_t id() const { return id_; }      ///< of the namespace
  Device device(const std::string& interface);  ///< throws KernelError ENODEV
  Device device(int index);
  void commit(const kernel::Batch& batch);
  /// Sends one complete message, waits for the acknowledgement, throws KernelError with the kernel's sentence.
  void send(nlmsghdr* message, const std::string& operation, const std::string& object);
  void set_noqueue(const std::string& interface);  ///< no queueing discipline at the root
  void set_up(int index, bool up);                 ///< by index: a name may change

 private:
  Device read_link(nlmsghdr* message, const std::string& object);
  std::uint64_t id_;
  std::mutex mutex_;
  sys::Fd socket_;
  kernel::Netlink netlink_;
  std::uint32_t sequence_ = 0;
};

/// A class id of this process that nobody else uses: 1 to 0xffef.
class Slot {
 public:
  Slot();
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  std::uint32_t id() const { return id_; }

 private:
  std::uint32_t id_ = 0;
};

/// No IPv6 on an interface that only programs use; fine where there is no IPv6 at all.
void disable_ipv6(const sys::Netns& netns, const std::string& interface);

enum class Hook { kIngress, kEgress };

/// Order of the programs on one hook, lowest first.
namespace priority {
constexpr std::uint16_t kTraceDeparture = 25;  // before the wire: when the node handed it over
constexpr std::uint16_t kRetagDeparture = 45;  // last: what is on the wire
constexpr std::uint16_t kRetagArrival = 15;    // first: the node knows its own tags only
constexpr std::uint16_t kFilter = 20;
constexpr std::uint16_t kWire = 30;
constexpr std::uint16_t kTraceArrival = 35;  // after the filter: what that loses never arrived
constexpr std::uint16_t kHideHop = 40;
constexpr std::uint16_t kVlan = 50;
}  // namespace priority

struct Program {
  int fd = -1;
  const char* name = "";
  Hook hook = Hook::kIngress;
  std::uint16_t priority = 0;
};

/// A program on an interface; gone when destroyed.
class Attachment {
 public:
  Attachment(std::shared_ptr<Tc> tc, const std::string& interface, const Program& program, std::uint32_t slot);
  ~Attachment();
  Attachment(Attachment&& other) noexcept = default;
  Attachment& operator=(Attachment&&) = delete;

 private:
  std::shared_ptr<Tc> tc_;  // empty when moved from
  int index_ = 0;
  std::uint32_t slot_ = 0;
  Program program_;
};

/// Keeps libbpf from writing to stderr.
void silence_libbpf();

/// The one loaded copy of a skeleton; unloaded with its last user.
template <typename Skeleton>
std::shared_ptr<Skeleton> loaded() {
  static Registry<int, Skeleton> copies;
  return copies.find_or_make(0, [] {
    silence_libbpf();
    std::shared_ptr<Skeleton> fresh(Skeleton::open_and_load(), [](Skeleton* it) { Skeleton::destroy(it); });
    if (!fresh)
      throw KernelError("load eBPF programs", "datapath", "", errno, "bpf(2) needs root and CONFIG_BPF_SYSCALL");
    return fresh;
  });
}

/// One entry of a hash map, from construction to destruction. `keeper` keeps the map loaded.
class MapEntry {
 public:
  /// Throws KernelError EEXIST when the key is taken.
  template <typename Key, typename Value>
  MapEntry(std::shared_ptr<void> keeper, int map, const Key& key, const Value& value, const std::string& object)
      : MapEntry(std::string(reinterpret_cast<const char*>(&key), sizeof key), std::move(keeper), map, &value, object) {
  }
  ~MapEntry();
  MapEntry(MapEntry&& other) noexcept = default;
  MapEntry& operator=(MapEntry&&) = delete;

 private:
  MapEntry(std::string key, std::shared_ptr<void> keeper, int map, const void* value, const std::string& object);
  std::shared_ptr<void> keeper_;  // empty when moved from
  int map_ = -1;
  std::string key_;
};

}  // namespace xconn::datapath
