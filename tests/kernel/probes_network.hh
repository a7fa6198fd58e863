// SPDX-License-Identifier: Apache-2.0
// client --- switch --- server, in three private namespaces; nft on the switch's ports breaks one direction.
#pragma once

#include <nftables/libnftables.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/errors.hh"
#include "probes/site.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::probes {

class Network : public Site {
 public:
  Network() {
    for (const char* name : {"client", "switch", "server"}) nodes_.emplace(name, sys::Netns::create());
    join("client", "to-client", kClient);
    join("server", "to-server", kServer);
    ip("switch", {"link", "add", "name", "bridge0", "type", "bridge"});
    ip("switch", {"link", "set", "bridge0", "up"});
    for (const char* port : {"to-client", "to-server"}) {
      ip("switch", {"link", "set", port, "master", "bridge0", "up"});
    }
    nft("add table netdev t; add chain netdev t to_server { type filter hook ingress device to-client priority 0; };"
        "add chain netdev t to_client { type filter hook ingress device to-server priority 0; }");
    // The bridge forwards once the kernel has noticed the carriers: wait for one echo.
    run("client", {"ping", "-q", "-c", "1", "-i", "0.02", "-w", "10", kServer});
  }

  Endpoint endpoint(const std::string& place) const override {
    if (place == "client") return {place, *Address::parse(kClient), &netns(place)};
    if (place == "server") return {place, *Address::parse(kServer), &netns(place)};
    throw NotFoundError("no place " + place);
  }
  std::vector<InterfaceView> interfaces() const override {
    return {{"client", "eth0", &netns("client"), "switch", "to-client", false},
            {"switch", "to-client", &netns("switch"), "client", "eth0", false},
            {"switch", "to-server", &netns("switch"), "server", "eth0", false},
            {"server", "eth0", &netns("server"), "switch", "to-server", false}};
  }

  const sys::Netns& netns(const std::string& node) const { return nodes_.at(node); }

  /// Returns once the kernel has it.
  void nft(const std::string& commands, const std::string& node = "switch") const {
    netns(node).run([&] {
      const std::unique_ptr<nft_ctx, void (*)(nft_ctx*)> context(nft_ctx_new(NFT_CTX_DEFAULT), nft_ctx_free);
      nft_ctx_buffer_error(context.get());
      if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) != 0) {
        throw std::runtime_error(nft_ctx_get_error_buffer(context.get()));
      }
    });
  }
  void drop(const std::string& chain, const std::string& match = "") const {
    nft("add rule netdev t " + chain + " " + match + " drop");
  }
  void pass(const std::string& chain) const { nft("flush chain netdev t " + chain); }

 private:
  static constexpr const char* kClient = "192.0.2.1";
  static constexpr const char* kServer = "192.0.2.2";

  void ip(const std::string& node, std::vector<std::string> words) const {
    words.insert(words.begin(), "ip");
    run(node, words);
  }

  void run(const std::string& node, const std::vector<std::string>& words) const {
    sys::RunOptions options;
    options.netns = netns(node).fd();
    sys::run_checked(words, options);
  }

  void join(const std::string& node, const std::string& port, const std::string& address) const {
    // `ip` opens the namespace by a path: through this process, whose descriptor it is.
    const std::string there = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(netns("switch").fd());
    ip(node, {"link", "add", "eth0", "type", "veth", "peer", "name", port});
    ip(node, {"address", "add", address + "/24", "dev", "eth0"});
    ip(node, {"link", "set", port, "netns", there});
    ip(node, {"link", "set", "eth0", "up"});
  }

  std::map<std::string, sys::Netns> nodes_;
};

}  // namespace xconn::probes
