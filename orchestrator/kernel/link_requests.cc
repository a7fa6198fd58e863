// SPDX-License-Identifier: Apache-2.0
// Sources: rtnetlink(7), linux/if_link.h, linux/veth.h.
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include <cstddef>

#include "kernel/message.hh"

namespace xconn::kernel {
namespace {

constexpr std::uint16_t kNew = NLM_F_CREATE | NLM_F_EXCL;
constexpr std::uint8_t kAddressModeNone = IN6_ADDR_GEN_MODE_NONE;

ifinfomsg link_header(bool up = false) {
  ifinfomsg header{};
  header.ifi_flags = up ? IFF_UP : 0;
  header.ifi_change = up ? IFF_UP : 0;
  return header;
}

ifinfomsg veth_header(const VethEnd& end) {
  auto header = link_header();
  header.ifi_index = end.index;
  return header;
}

void put_veth_end(MessageWriter& writer, const VethEnd& end) {
  writer.put_text(IFLA_IFNAME, end.name);
  if (end.netns >= 0) writer.put(IFLA_NET_NS_FD, static_cast<std::uint32_t>(end.netns));
  if (end.mac) writer.put(IFLA_ADDRESS, end.mac->bytes());
  writer.put(IFLA_MTU, static_cast<std::uint32_t>(end.mtu));
  writer.put(IFLA_NUM_TX_QUEUES, std::uint32_t{1});
  writer.put(IFLA_NUM_RX_QUEUES, std::uint32_t{1});
}

/// A change of one link that goes in a message of its own.
void change(MessageWriter& writer, const std::string& name, const std::function<void()>& fill, bool flags = false,
            bool up = false) {
  ifinfomsg header{};
  header.ifi_change = flags ? IFF_UP : 0;
  header.ifi_flags = up ? IFF_UP : 0;
  writer.begin(RTM_SETLINK, 0, header);
  writer.patch_header(offsetof(ifinfomsg, ifi_index), name);
  fill();
}

Request address_request(const char* operation, std::uint16_t type, std::uint16_t flags, const std::string& interface,
                        const InterfaceAddress& address, const std::function<void(MessageWriter&)>& fill) {
  Request request(operation, address.text() + " on " + interface);
  MessageWriter writer(request);
  ifaddrmsg header{};
  header.ifa_family = static_cast<std::uint8_t>(address.address().family());
  header.ifa_prefixlen = static_cast<std::uint8_t>(address.length());
  // No duplicate address detection: the plan gives every address once, and nobody waits a second for it.
  header.ifa_flags = address.address().is_v4() ? 0 : IFA_F_NODAD;
  writer.begin(type, flags, header);
  writer.patch_header(offsetof(ifaddrmsg, ifa_index), interface);
  fill(writer);
  return request;
}

}  // namespace

Request veth(const VethEnd& a, const VethEnd& b) {
  Request request("add veth", a.name + " -- " + b.name);
  MessageWriter writer(request);
  writer.begin(RTM_NEWLINK, kNew, veth_header(a));
  put_veth_end(writer, a);
  writer.nest(IFLA_LINKINFO, [&] {
    writer.put_text(IFLA_INFO_KIND, "veth");
    writer.nest(IFLA_INFO_DATA, [&] {
      writer.nest(VETH_INFO_PEER, [&] {
        const auto header = veth_header(b);
        writer.append(&header, sizeof header);
        put_veth_end(writer, b);
      });
    });
  });
  writer.mark_changes_names();
  return request;
}

Request bridge(const std::string& name, const std::optional<Mac>& mac, int mtu, bool up) {
  Request request("add bridge", name);
  MessageWriter writer(request);
  writer.begin(RTM_NEWLINK, kNew, link_header(up));
  writer.put_text(IFLA_IFNAME, name);
  if (mac) writer.put(IFLA_ADDRESS, mac->bytes());
  writer.put(IFLA_MTU, static_cast<std::uint32_t>(mtu));
  writer.nest(IFLA_LINKINFO, [&] {
    writer.put_text(IFLA_INFO_KIND, "bridge");
    writer.nest(IFLA_INFO_DATA, [&] {
      writer.put(IFLA_BR_STP_STATE, std::uint32_t{0});
      // A dumb wire between its ports, as a provider's switch is: no IGMP snooping, and no forward delay.
      writer.put(IFLA_BR_MCAST_SNOOPING, std::uint8_t{0});
      writer.put(IFLA_BR_FORWARD_DELAY, std::uint32_t{0});
    });
  });
  writer.mark_changes_names();
  return request;
}

Request vlan(const std::string& name, const std::string& parent, const Tag& tag) {
  Request request("add vlan", name + " on " + parent);
  MessageWriter writer(request);
  writer.begin(RTM_NEWLINK, kNew, link_header());
  writer.put_text(IFLA_IFNAME, name);
  writer.put_index(IFLA_LINK, parent);
  writer.nest(IFLA_LINKINFO, [&] {
    writer.put_text(IFLA_INFO_KIND, "vlan");
    writer.nest(IFLA_INFO_DATA, [&] {
      writer.put(IFLA_VLAN_ID, tag.id);
      writer.put(IFLA_VLAN_PROTOCOL, __builtin_bswap16(tag.ethertype));
    });
  });
  writer.mark_changes_names();
  return request;
}

Request link_set(const std::string& name, const LinkChange& wish) {
  Request request("set link", name);
  MessageWriter writer(request);
  if (wish.no_ipv6_address)
    change(writer, name, [&] {
      writer.nest(IFLA_AF_SPEC,
                  [&] { writer.nest(AF_INET6, [&] { writer.put(IFLA_INET6_ADDR_GEN_MODE, kAddressModeNone); }); });
    });
  if (wish.name) {
    change(writer, name, [&] { writer.put_text(IFLA_IFNAME, *wish.name); });
    writer.mark_changes_names();
  }
  if (wish.mtu) change(writer, name, [&] { writer.put(IFLA_MTU, static_cast<std::uint32_t>(*wish.mtu)); });
  if (wish.mac) change(writer, name, [&] { writer.put(IFLA_ADDRESS, wish.mac->bytes()); });
  if (wish.queue) change(writer, name, [&] { writer.put(IFLA_TXQLEN, *wish.queue); });
  if (wish.bridge)
    change(writer, name, [&] {
      if (wish.bridge->empty()) return writer.put(IFLA_MASTER, std::uint32_t{0});
      writer.put_index(IFLA_MASTER, *wish.bridge);
    });
  if (wish.up)
    change(
        writer, name, [] {}, true, *wish.up);
  return request;
}

Request link_delete(const std::string& name) {
  Request request("delete link", name);
  MessageWriter writer(request);
  writer.begin(RTM_DELLINK, 0, ifinfomsg{});
  writer.patch_header(offsetof(ifinfomsg, ifi_index), name);
  writer.mark_changes_names();
  return request;
}

Request address_add(const std::string& interface, const InterfaceAddress& address) {
  return address_request("add address", RTM_NEWADDR, kNew, interface, address, [&](MessageWriter& writer) {
    writer.put_address(IFA_LOCAL, address.address());
    writer.put_address(IFA_ADDRESS, address.address());
    if (!address.address().is_v4() || address.length() > 30) return;
    writer.put_address(IFA_BROADCAST, address.network().last());
  });
}

Request address_add_peer(const std::string& interface, const Address& local, const Prefix& peer) {
  const InterfaceAddress shown(peer.network(), peer.length());
  return address_request("add peer address", RTM_NEWADDR, kNew, interface, shown, [&](MessageWriter& writer) {
    writer.put_address(IFA_LOCAL, local);
    writer.put_address(IFA_ADDRESS, peer.network());
  });
}

Request address_delete(const std::string& interface, const InterfaceAddress& address) {
  return address_request("delete address", RTM_DELADDR, 0, interface, address,
                         [&](MessageWriter& writer) { writer.put_address(IFA_LOCAL, address.address()); });
}

Request neighbour_add(const std::string& interface, const Address& address, const Mac& mac) {
  Request request("add neighbour", address.text() + " on " + interface);
  MessageWriter writer(request);
  ndmsg header{};
  header.ndm_family = static_cast<std::uint8_t>(address.family());
  header.ndm_state = NUD_PERMANENT;
  writer.begin(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
  writer.patch_header(offsetof(ndmsg, ndm_ifindex), interface);
  writer.put_address(NDA_DST, address);
  writer.put(NDA_LLADDR, mac.bytes());
  return request;
}

}  // namespace xconn::kernel
