// SPDX-License-Identifier: Apache-2.0
// Two namespaces and a witness: iproute2, which shares no code with us.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kernel/netlink.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::kernel {

using Difference = std::optional<std::string>;

class KernelTest : public testing::Test {
 protected:
  /// What `ip -j ...` (or another program of iproute2) says inside.
  static nlohmann::json witness(const sys::Netns& netns, std::vector<std::string> argv) {
    argv.insert(argv.begin() + 1, "-j");
    const auto text = sys::run_checked(argv, {.netns = netns.fd()});
    return text.empty() ? nlohmann::json::array() : nlohmann::json::parse(text);
  }
  static nlohmann::json ip(const sys::Netns& netns, std::vector<std::string> words) {
    words.insert(words.begin(), "ip");
    return witness(netns, std::move(words));
  }

  /// x in a and y in b, up, 192.0.2.1/24 and 192.0.2.2/24.
  void join() {
    Netlink(a_, "a").commit(
        {veth({a_.fd(), "x", Mac::parse("02:00:00:00:00:01")}, {b_.fd(), "y", Mac::parse("02:00:00:00:00:02")})});
    Netlink(a_, "a").commit(configure("x", "192.0.2.1/24"));
    Netlink(b_, "b").commit(configure("y", "192.0.2.2/24"));
  }
  static Batch configure(const std::string& interface, const char* address) {
    return {link_set("lo", {.up = true}), link_set(interface, {.no_ipv6_address = true, .up = true}),
            address_add(interface, *InterfaceAddress::parse(address))};
  }
  static Route route(const char* to, const char* via = nullptr, const char* interface = "") {
    Route wish;
    wish.to = *Prefix::parse(to);
    if (via != nullptr || *interface != '\0')
      wish.next_hops = {{via == nullptr ? std::nullopt : Address::parse(via), interface, false}};
    return wish;
  }

  sys::Netns a_ = sys::Netns::create(), b_ = sys::Netns::create();
};

}  // namespace xconn::kernel
