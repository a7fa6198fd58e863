// SPDX-License-Identifier: Apache-2.0
#include "faults/mismatch.hh"

#include <algorithm>
#include <chrono>
#include <map>
#include <string_view>
#include <utility>

#include "base/teardown.hh"
#include "datapath/retag.hh"
#include "faults/holds.hh"
#include "faults/kinds.hh"
#include "faults/site.hh"

namespace xconn::faults {

namespace {

constexpr const char* kOther = "not-what-the-other-side-has";

using Made = std::unique_ptr<Effect>;

std::string node_of(const Request& request) { return request.target.substr(0, request.target.find(':')); }
std::string name_of(const Request& request) { return request.target.substr(request.target.find(':') + 1); }

/// The one of the target's node and name.
template <typename Thing>
const Thing& find(const std::vector<Thing>& things, const Request& request, std::string Thing::*name = &Thing::name) {
  return *std::ranges::find_if(
      things, [&](const Thing& one) { return one.node == node_of(request) && one.*name == name_of(request); });
}

// --- tags ----------------------------------------------------------------------------------------------------------

class Retagged : public Effect {
 public:
  Retagged(Site& site, const SubInterface& of, const Tag& wire)
      : retag_(std::in_place, site.netns(of.node), of.trunk, of.tags.front(), wire) {}
  void heal(const sys::Pending&) override { retag_.reset(); }

 private:
  std::optional<datapath::Retag> retag_;
};

/// The next VLAN id, 1 to 4094, that the trunk does not use.
Tag unused(const std::vector<Tag>& used) {
  auto tag = used.front();
  while (std::ranges::count(used, tag.id, &Tag::id) > 0) tag.id = static_cast<std::uint16_t>(tag.id % 4094 + 1);
  return tag;
}

Made vlan(Site& site, const Request& request, const sys::Pending&) {
  const auto& sub_interface = find(site.inventory().sub_interfaces, request);
  return std::make_unique<Retagged>(site, sub_interface, unused(sub_interface.tags));
}

Made tag_type(Site& site, const Request& request, const sys::Pending&) {
  const auto& sub_interface = find(site.inventory().sub_interfaces, request);
  auto wire = sub_interface.tags.front();
  wire.ethertype = wire.ethertype == 0x8100 ? 0x88a8 : 0x8100;
  return std::make_unique<Retagged>(site, sub_interface, wire);
}

// --- addresses -----------------------------------------------------------------------------------------------------

class Renumbered : public Effect {
 public:
  Renumbered(Site& site, Numbered own, const InterfaceAddress& other)
      : site_(site), own_(std::move(own)), other_(other) {
    forgotten_ = remember(site_.netns(own_.node), {own_.interface});
    swap(own_.address, other_);
  }
  ~Renumbered() override {
    tear_down("a fault", [this] { heal({}); });
  }
  void heal(const sys::Pending&) override {
    if (!std::exchange(held_, false)) return;
    swap(other_, own_.address);
    kernel::Netlink netlink(site_.netns(own_.node), own_.node);
    bring_back(netlink, std::move(forgotten_));
  }

 private:
  void swap(const InterfaceAddress& before, const InterfaceAddress& after) {
    kernel::Netlink(site_.netns(own_.node), own_.node)
        .commit(
            kernel::Batch{kernel::address_add(own_.interface, after), kernel::address_delete(own_.interface, before)});
  }

  Site& site_;
  Numbered own_;
  InterfaceAddress other_;
  Forgotten forgotten_;
  bool held_ = true;
};

/// The same host in the next network of that size that the node is not in.
InterfaceAddress elsewhere(const Numbered& own, const std::vector<Numbered>& all) {
  auto other = own.address;
  const auto is_taken = [&](const Numbered& one) {
    return one.node == own.node && one.address.network().overlaps(other.network());
  };
  while (std::ranges::any_of(all, is_taken))
    other = {other.address().plus(1U << (32 - other.length())), other.length()};
  return other;
}

Made prefix(Site& site, const Request& request, const sys::Pending&) {
  const auto& all = site.inventory().numbered;
  const auto& own = find(all, request, &Numbered::interface);
  return std::make_unique<Renumbered>(site, own, elsewhere(own, all));
}

// --- routers -------------------------------------------------------------------------------------------------------

template <typename Change>
Made neighbor(Site& site, const Request& request, const sys::Pending& pending, Change change) {
  const auto edit = [address = *Address::parse(name_of(request)), change](network::Speaker& speaker) {
    if (auto* neighbor = speaker.find_neighbor(address)) change(*neighbor);
  };
  return edited(site, node_of(request), edit, pending);
}

Made md5(Site& site, const Request& request, const sys::Pending& pending) {
  return neighbor(site, request, pending, [](network::Neighbor& neighbor) { neighbor.password = kOther; });
}

Made asn(Site& site, const Request& request, const sys::Pending& pending) {
  constexpr std::uint32_t kOne = 64999, kAnother = 64998;
  return neighbor(site, request, pending, [](network::Neighbor& neighbor) {
    neighbor.asn = *Asn::of(neighbor.asn.value() == kOne ? kAnother : kOne);
  });
}

template <typename Change>
Made router(Site& site, const Request& request, const sys::Pending& pending, Change change) {
  return edited(site, node_of(request), change, pending);
}

/// The least that BGP takes (RFC 4271, section 4.2).
Made bgp_timers(Site& site, const Request& request, const sys::Pending& pending) {
  return router(site, request, pending, [](network::Speaker& speaker) {
    speaker.keepalive = std::chrono::seconds{1};
    speaker.hold = std::chrono::seconds{3};
  });
}

/// A side sends no oftener than the other wants to receive (RFC 5880, section 6.8.7).
Made bfd_timers(Site& site, const Request& request, const sys::Pending& pending) {
  return router(site, request, pending,
                [](network::Speaker& speaker) { speaker.bfd.interval = std::chrono::seconds{1}; });
}

// --- tunnels -------------------------------------------------------------------------------------------------------

std::string section(const std::string& name, const std::string& inside) { return name + " {\n" + inside + "\n}\n"; }

std::string connection(const std::string& name, const std::string& inside) {
  return section("connections", section(name, inside));
}

std::string child(const std::string& name, const std::string& inside) {
  return connection(name, section("children", section(name, inside)));
}

std::string secret(const std::string& name, const std::string& inside) {
  return section("secrets", section("ike-" + name, inside));
}

/// What is laid over the tunnel's part of swanctl.conf. None of the algorithms is in any of Azure's policies.
struct Overlay {
  std::string (*place)(const std::string& name, const std::string& inside);
  std::string inside;
};

/// Every encryption that there is, with a group of its own: groups count only in a rekeying.
constexpr const char* kOtherGroup =
    "esp_proposals = aes256gcm16-modp3072,aes192gcm16-modp3072,aes128gcm16-modp3072,aes256-sha256-modp3072,"
    "aes192-sha256-modp3072,aes128-sha256-modp3072,aes256-sha1-modp3072,aes192-sha1-modp3072,aes128-sha1-modp3072\n"
    "rekey_time = 10s\nlife_time = 12s\nrand_time = 0s";

const std::map<std::string_view, Overlay> kOverlays = {
    {"psk", {secret, std::string("secret = ") + kOther}},
    {"identity", {connection, section("remote", std::string("id = *.") + kOther)}},
    {"ike-proposal", {connection, "proposals = aes192-sha384-modp3072"}},
    {"esp-proposal", {child, "esp_proposals = aes192-sha384"}},
    {"pfs", {child, kOtherGroup}},
    {"selectors", {child, "local_ts = 2001:db8::/32\nremote_ts = 2001:db8::/32"}},
};

Made tunnel(Site& site, const Request& request, const sys::Pending& pending) {
  const auto& [place, inside] = kOverlays.at(request.parameters.at("what"));
  const auto notice = request.parameters.find("notice");
  const bool now = notice == request.parameters.end() || notice->second == "now";
  const auto& its = find(site.inventory().tunnels, request);
  const auto number = site.overlay(its, place(its.name, inside), now, pending);
  return std::make_unique<Undoable>(
      [&site, its, number](const sys::Pending& healed) { site.take_back(its, number, healed); });
}

// --- load balancers -------------------------------------------------------------------------------------------------

std::uint16_t next_port(std::uint16_t port) { return port == 65535 ? 1 : static_cast<std::uint16_t>(port + 1); }

/// The next one that no rule passes to the backends: what serves them might answer there.
std::uint16_t unused(const network::Balancer& balancer) {
  const auto is_served = [&](std::uint16_t port) {
    return std::ranges::any_of(balancer.rules, [&](const auto& rule) {
      return port == (rule.backend_port == 0 ? rule.port : rule.backend_port);
    });
  };
  auto port = next_port(balancer.probe.port);
  while (is_served(port)) port = next_port(port);
  return port;
}

Made probe_port(Site& site, const Request& request, const sys::Pending& pending) {
  const auto& its = *std::ranges::find(site.inventory().balancers, request.target, &Balancer::node);
  const auto edit = [port = unused(its.balancer)](network::Probe& probe) { probe.port = port; };
  const Daemon daemon{its.node, its.daemon};
  const auto number = site.edit_probe(daemon, edit, pending);
  return std::make_unique<Undoable>(
      [&site, daemon, number](const sys::Pending& healed) { site.undo_probe(daemon, number, healed); });
}

const std::map<std::string_view, Made (*)(Site&, const Request&, const sys::Pending&)> kMakers = {
    {"vlan", vlan},        {"tag-type", tag_type},     {"prefix", prefix},         {"md5", md5},
    {"asn", asn},          {"bgp-timers", bgp_timers}, {"bfd-timers", bfd_timers}, {"psk", tunnel},
    {"identity", tunnel},  {"ike-proposal", tunnel},   {"esp-proposal", tunnel},   {"pfs", tunnel},
    {"selectors", tunnel}, {"probe-port", probe_port},
};

// --- what one side lacks -------------------------------------------------------------------------------------------

class Unrouted : public Effect {
 public:
  Unrouted(Site& site, std::string node, const Prefix& to) : site_(site), node_(std::move(node)) {
    kernel::Batch batch;
    for (auto& entry : kernel::Reader(site_.netns(node_)).all_routes())
      if (entry.route.to == to && entry.protocol == kernel::kProtocolStatic) {
        batch.push_back(kernel::route_delete(entry.route, entry.protocol));
        forgotten_.routes.push_back(std::move(entry));
      }
    if (!batch.empty()) kernel::Netlink(site_.netns(node_), node_).commit(batch);
  }
  ~Unrouted() override {
    tear_down("a fault", [this] { heal({}); });
  }
  void heal(const sys::Pending&) override {
    if (forgotten_.routes.empty()) return;
    kernel::Netlink netlink(site_.netns(node_), node_);
    bring_back(netlink, std::exchange(forgotten_, {}));
  }

 private:
  Site& site_;
  std::string node_;
  Forgotten forgotten_;
};

}  // namespace

Made mismatched(Site& site, const Request& request, const sys::Pending& pending) {
  return kMakers.at(request.parameters.at("what"))(site, request, pending);
}

Made unrouted(Site& site, const Request& request) {
  return std::make_unique<Unrouted>(site, node_of(request), *Prefix::parse(name_of(request)));
}

}  // namespace xconn::faults
