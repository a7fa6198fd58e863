// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/neighbour.hh"

#include <netlink/netlink.h>
#include <netlink/route/link.h>

#include <cerrno>
#include <memory>

#include "base/errors.hh"
#include "sys/netns.hh"

namespace xconn::lb {

namespace {

struct Free {
  void operator()(nl_sock* socket) const { nl_socket_free(socket); }
  void operator()(rtnl_link* link) const { rtnl_link_put(link); }
};
using Link = std::unique_ptr<rtnl_link, Free>;

// By name, or by index when the name is empty.
Link read_link(int index, const std::string& name) {
  const std::unique_ptr<nl_sock, Free> socket(nl_socket_alloc());
  rtnl_link* link = nullptr;
  int result = nl_connect(socket.get(), NETLINK_ROUTE);
  if (result >= 0) result = rtnl_link_get_kernel(socket.get(), index, name.empty() ? nullptr : name.c_str(), &link);
  if (result < 0) {
    throw KernelError("read link", name.empty() ? "peer " + std::to_string(index) : name, "", ENODEV,
                      nl_geterror(result));
  }
  return Link(link);
}

Mac mac_of(rtnl_link* link, const std::string& name) {
  char text[32] = "";
  if (const nl_addr* address = rtnl_link_get_addr(link)) nl_addr2str(address, text, sizeof text);
  const auto mac = Mac::parse(text);
  if (!mac) throw KernelError("read Ethernet address", name, "", EADDRNOTAVAIL);
  return *mac;
}

}  // namespace

NextDevice next_device(const sys::Netns& near, const std::string& interface, const sys::Netns& far) {
  const Link ours = near.run([&] { return read_link(0, interface); });
  const int peer = rtnl_link_get_link(ours.get());
  if (peer <= 0) throw KernelError("find the other side", interface, "", ENXIO, "it is no veth interface");
  const Link theirs = far.run([&] { return read_link(peer, ""); });
  return {rtnl_link_get_ifindex(ours.get()), mac_of(ours.get(), interface), mac_of(theirs.get(), interface)};
}

}  // namespace xconn::lb
