// SPDX-License-Identifier: Apache-2.0
#include "datapath/vlan_portable.hh"

#include <bpf/libbpf.h>
#include <fmt/format.h>

#include "datapath/carrier.hh"
#include "datapath/tc.hh"
#include "datapath/vlan_abi.h"
#include "vlan.skel.h"

namespace xconn::datapath {
namespace {

Mac mac_of(const Device& device) { return *Mac::parse(fmt::format("{:02x}", fmt::join(device.mac, ":"))); }

vlan_tags encode(const std::vector<Tag>& tags) {
  vlan_tags out{.outer_type = tags[0].ethertype, .outer = tags[0].id, .inner_type = 0, .inner = 0};
  if (tags.size() < 2) return out;
  out.inner_type = tags[1].ethertype;
  out.inner = tags[1].id;
  return out;
}

/// The program on a trunk, one for all its sub-interfaces.
struct Trunk {
  Trunk(const std::shared_ptr<Tc>& tc, const std::string& interface)
      : programs(loaded<vlan_bpf>()),
        attachment(tc, interface,
                   {bpf_program__fd(programs->progs.trunk), "xconn-trunk", Hook::kIngress, priority::kVlan},
                   slot.id()) {}

  static std::shared_ptr<Trunk> of(const std::shared_ptr<Tc>& tc, const std::string& interface, int index) {
    static Registry<std::pair<std::uint64_t, int>, Trunk> known;
    return known.find_or_make({tc->id(), index}, [&] { return std::make_shared<Trunk>(tc, interface); });
  }

  std::shared_ptr<vlan_bpf> programs;
  Slot slot;
  Attachment attachment;
};

/// The visible interface and its hidden port.
struct Pair {
  Pair(std::shared_ptr<Tc> owner, const SubInterface& sub, const Mac& mac)
      : tc(std::move(owner)), visible(sub.name), port(sub.name + "~") {
    tc->commit(
        kernel::Batch{kernel::veth({.name = visible, .mac = mac, .mtu = sub.mtu}, {.name = port, .mtu = sub.mtu})});
  }
  ~Pair() {
    if (left) return;
    try {
      tc->commit({kernel::link_delete(port)});
    } catch (const Error&) {
      // Gone already, by its namespace or by hand.
    }
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  std::shared_ptr<Tc> tc;
  std::string visible, port;
  bool left = false;
};

/// On a pair of its own, so that what is refused takes the pair along.
void prepare(const sys::Netns& netns, const Pair& pair) {
  pair.tc->commit({kernel::clsact_add(pair.visible), kernel::clsact_add(pair.port),
                   kernel::link_set(pair.port, {.no_ipv6_address = true})});
  disable_ipv6(netns, pair.port);
}

}  // namespace

struct PortableVlan::Impl {
  Impl(const sys::Netns& netns, const SubInterface& sub)
      : tc(Tc::of(netns)),
        device(tc->device(sub.parent)),
        programs(loaded<vlan_bpf>()),
        pair(tc, sub, sub.mac ? *sub.mac : mac_of(device)),
        trunk((prepare(netns, pair), Trunk::of(tc, sub.parent, device.index))),
        port_index(tc->device(pair.port).index),
        departure(programs, bpf_map__fd(programs->maps.departures), slot.id(),
                  vlan_departure{static_cast<__u32>(device.index), encode(sub.tags)}, sub.name),
        attachment(tc, pair.port,
                   {bpf_program__fd(programs->progs.port), "xconn-port", Hook::kIngress, priority::kVlan}, slot.id()),
        arrival(programs, bpf_map__fd(programs->maps.arrivals), vlan_arrival{trunk->slot.id(), encode(sub.tags)},
                static_cast<std::uint32_t>(port_index), sub.name + ": its tags on " + sub.parent),
        follow(netns, device.index, port_index) {}

  std::shared_ptr<Tc> tc;
  Device device;  // the trunk
  std::shared_ptr<vlan_bpf> programs;
  Pair pair;
  std::shared_ptr<Trunk> trunk;
  int port_index;
  Slot slot;
  MapEntry departure;
  Attachment attachment;
  MapEntry arrival;
  CarrierFollower::Follow follow;
};

PortableVlan::PortableVlan(const sys::Netns& netns, const SubInterface& sub_interface)
    : impl_(std::make_unique<Impl>(netns, sub_interface)) {}
PortableVlan::~PortableVlan() = default;

void PortableVlan::leave() { impl_->pair.left = true; }

}  // namespace xconn::datapath
