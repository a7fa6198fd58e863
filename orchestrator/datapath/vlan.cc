// SPDX-License-Identifier: Apache-2.0
#include "datapath/vlan.hh"

#include <stdexcept>
#include <tuple>

#include "datapath/tc.hh"
#include "datapath/vlan_portable.hh"

namespace xconn::datapath {
namespace {

constexpr std::size_t kLongestName = 15;  // IFNAMSIZ - 1

void require(const SubInterface& sub) {
  if (!is_interface_name(sub.name) || sub.name.size() >= kLongestName)
    throw std::invalid_argument("a sub-interface's name is an interface name of at most 14 bytes: " + sub.name);
  if (sub.tags.empty() || sub.tags.size() > 2) throw std::invalid_argument(sub.name + ": one or two tags");
  for (const Tag& tag : sub.tags)
    if (tag.id < 1 || tag.id > 4094 || (tag.ethertype != 0x8100 && tag.ethertype != 0x88a8))
      throw std::invalid_argument(sub.name + ": a tag is 1 to 4094 of 0x8100 or 0x88a8");
}

/// One vlan device.
struct Device8021q {
  Device8021q(std::shared_ptr<Tc> owner, std::string own_name, const std::string& parent, const Tag& tag)
      : tc(std::move(owner)), name(std::move(own_name)) {
    tc->commit({kernel::vlan(name, parent, tag)});
  }
  ~Device8021q() {
    if (left) return;
    try {
      tc->commit({kernel::link_delete(name)});
    } catch (const Error&) {
      // Gone already, by its namespace or with its trunk.
    }
  }
  Device8021q(const Device8021q&) = delete;
  Device8021q& operator=(const Device8021q&) = delete;

  std::shared_ptr<Tc> tc;
  std::string name;
  bool left = false;
};

/// Up with its trunk: by itself when that comes up later (ENETDOWN now).
std::shared_ptr<Device8021q> hidden_device(const std::shared_ptr<Tc>& tc, const SubInterface& sub) {
  auto fresh = std::make_shared<Device8021q>(tc, sub.name + "~", sub.parent, sub.tags[0]);
  tc->commit({kernel::link_set(fresh->name, {.no_ipv6_address = true}),
              kernel::link_set(fresh->name, {.up = true}).tolerate(ENETDOWN)});
  return fresh;
}

/// The device of a trunk's outer tag. The kernel has at most one: a plain sub-interface, made first, and the stacked
/// ones share it.
std::shared_ptr<Device8021q> outer_device(const std::shared_ptr<Tc>& tc, const SubInterface& sub) {
  static Registry<std::tuple<std::uint64_t, std::string, std::uint16_t, std::uint16_t>, Device8021q> known;
  return known.find_or_make({tc->id(), sub.parent, sub.tags[0].ethertype, sub.tags[0].id}, [&] {
    if (sub.tags.size() == 2) return hidden_device(tc, sub);
    return std::make_shared<Device8021q>(tc, sub.name, sub.parent, sub.tags[0]);
  });
}

struct KernelVlan {
  KernelVlan(const sys::Netns& netns, const SubInterface& sub) {
    const auto tc = Tc::of(netns);
    outer = outer_device(tc, sub);
    if (sub.tags.size() == 1 && outer->name != sub.name)
      throw KernelError("add vlan", sub.name, "", EEXIST, "its tag has the device " + outer->name);
    if (sub.tags.size() == 2) inner = std::make_unique<Device8021q>(tc, sub.name, outer->name, sub.tags[1]);
    tc->commit({kernel::link_set(sub.name, {.mtu = sub.mtu, .mac = sub.mac})});
  }
  void leave() {
    outer->left = true;
    if (inner) inner->left = true;
  }
  std::shared_ptr<Device8021q> outer;
  std::unique_ptr<Device8021q> inner;
};

}  // namespace

struct Vlan::Impl {
  std::string name;
  VlanDriver driver;
  std::unique_ptr<KernelVlan> kernel;
  std::unique_ptr<PortableVlan> portable;
};

Vlan::Vlan(const sys::Netns& netns, const SubInterface& sub_interface, VlanDriver driver)
    : impl_(new Impl{sub_interface.name, driver, nullptr, nullptr}) {
  require(sub_interface);
  if (driver == VlanDriver::kKernel) impl_->kernel = std::make_unique<KernelVlan>(netns, sub_interface);
  if (driver == VlanDriver::kPortable) impl_->portable = std::make_unique<PortableVlan>(netns, sub_interface);
}
Vlan::~Vlan() = default;
Vlan::Vlan(Vlan&&) noexcept = default;
Vlan& Vlan::operator=(Vlan&&) noexcept = default;

const std::string& Vlan::name() const { return impl_->name; }

void Vlan::leave() {
  if (impl_->kernel) impl_->kernel->leave();
  if (impl_->portable) impl_->portable->leave();
}

}  // namespace xconn::datapath
