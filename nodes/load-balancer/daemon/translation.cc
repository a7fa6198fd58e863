// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/translation.hh"

#include <netinet/in.h>
#include <nftables/libnftables.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "kernel/netlink.hh"
#include "nodes/control/conntrack.hh"
#include "nodes/load-balancer/daemon/ruleset.hh"
#include "sys/netns.hh"

namespace xconn::lb {

using nlohmann::json;

namespace {

struct FreeNft {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};

void set_sysctls(const Config& config, const sys::Netns& here) {
  const auto idle = std::chrono::ceil<std::chrono::seconds>(config.idle_timeout).count();
  std::map<std::string, std::string> values = {
      {"net/ipv4/ip_forward", "1"},
      {"net/ipv4/conf/all/rp_filter", "0"},  // packets come in by `front` and leave by the backend's own interface
      {"net/ipv4/conf/all/send_redirects", "0"},
      {"net/netfilter/nf_conntrack_udp_timeout", std::to_string(idle)},
      {"net/netfilter/nf_conntrack_udp_timeout_stream", std::to_string(idle)},
      {"net/netfilter/nf_conntrack_tcp_timeout_established", std::to_string(idle)}};
  // The fabric sends everything for the Internet here and may ask for any address.
  values["net/ipv4/conf/" + config.front_interface + "/proxy_arp"] = "1";
  values["net/ipv4/neigh/" + config.front_interface + "/proxy_delay"] = "0";
  // With floating IP the backends answer as the frontend, which is an address of ours.
  values["net/ipv4/conf/" + config.front_interface + "/accept_local"] = "1";
  std::vector<std::string> interfaces = {config.front_interface, config.internet_interface};
  for (const auto& backend : config.backends) interfaces.push_back(backend.interface);
  for (const auto& name : interfaces) {
    values["net/ipv4/conf/" + name + "/rp_filter"] = "0";
    values["net/ipv4/conf/" + name + "/send_redirects"] = "0";
  }
  kernel::set_sysctls(here, config.name, values);
}

}  // namespace

struct Translation::State {
  State(const Config& it, const sys::Netns& here)
      : config(it), nft(nft_ctx_new(NFT_CTX_DEFAULT)), netlink(here, it.name) {
    if (!nft) throw KernelError("open nftables", config.name, "", ENOMEM);
    nft_ctx_buffer_output(nft.get());
    nft_ctx_buffer_error(nft.get());
  }
  std::string run(const std::string& commands) const {
    if (nft_run_cmd_from_buffer(nft.get(), commands.c_str()) != 0) {
      throw Error("nftables: " + std::string(nft_ctx_get_error_buffer(nft.get())));
    }
    return nft_ctx_get_output_buffer(nft.get());
  }
  json counter(const std::string& name) const {
    nft_ctx_output_set_flags(nft.get(), NFT_CTX_OUTPUT_JSON);
    const auto answer = json::parse(run("list counter ip xconn_lb " + name));
    for (const auto& object : answer.at("nftables")) {
      if (object.contains("counter")) return object.at("counter");
    }
    throw Error("nftables: no counter " + name);
  }

  Config config;
  std::unique_ptr<nft_ctx, FreeNft> nft;
  kernel::Netlink netlink;
  control::Conntrack conntrack;
  std::vector<bool> healthy;
};

Translation::Translation(const Config& config, const sys::Netns& here, const std::vector<NextDevice>& ways)
    : state_(std::make_unique<State>(config, here)) {
  state_->healthy.assign(config.backends.size(), false);
  state_->run(base_ruleset(config));  // before the time-outs: it brings conntrack into the namespace
  set_sysctls(config, here);
  set_ways(ways);
}

Translation::~Translation() {
  nft_run_cmd_from_buffer(state_->nft.get(), "delete table ip xconn_lb");  // nothing to tell anybody when it is gone
}

void Translation::set_ways(const std::vector<NextDevice>& ways) {
  kernel::Batch batch;
  for (std::size_t n = 0; n < ways.size(); ++n) {
    const auto& backend = state_->config.backends[n];
    Route route;
    route.to = Prefix::of(backend.address, 32);
    route.next_hops = {NextHop{{}, backend.interface, false}};
    batch.push_back(kernel::route_replace(route).tolerate(ENETDOWN));
    batch.push_back(kernel::neighbour_add(backend.interface, backend.address, ways[n].far_mac).tolerate(ENETDOWN));
  }
  state_->netlink.commit(batch);
}

int Translation::set_healthy(const std::vector<bool>& healthy) {
  std::vector<std::size_t> indexes;
  for (std::size_t n = 0; n < healthy.size(); ++n) {
    if (healthy[n]) indexes.push_back(n);
  }
  state_->run(balance_ruleset(state_->config, indexes));
  int moved = 0;
  for (std::size_t n = 0; n < healthy.size(); ++n) {
    if (healthy[n] || !state_->healthy[n]) continue;
    const auto& address = state_->config.backends[n].address;
    moved += state_->conntrack.remove_if([&](const control::Connection& connection) {
      return connection.involves(address) && !connection.is_established_tcp();
    });
  }
  state_->healthy = healthy;
  return moved;
}

Traffic Translation::traffic(std::size_t backend) const {
  const auto number = std::to_string(backend);
  const auto all = state_->counter("backend_" + number);
  return {all.at("packets"), all.at("bytes"), state_->counter("begun_" + number).at("packets"), 0};
}

Drops Translation::drops() const { return {0, state_->counter("to_frontend").at("packets")}; }

std::vector<FlowCounts> Translation::flows() const {
  std::vector<FlowCounts> result(state_->config.backends.size());
  for (const auto& connection : state_->conntrack.list()) {
    for (std::size_t n = 0; n < result.size(); ++n) {
      if (connection.involves(state_->config.backends[n].address)) ++count_of(result[n], connection.protocol);
    }
  }
  return result;
}

}  // namespace xconn::lb
