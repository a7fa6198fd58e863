// SPDX-License-Identifier: Apache-2.0
// After a change in place, charon and nftables run what they would run after a fresh start with it. The judges are
// charon's own list of connections and keys, and `nft -j list ruleset`. XCONN_SLOW=1 tries ten times as many tunnels.
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "model/read.hh"
#include "nodes/edge/tunnels.hh"
#include "nodes/make_plan.hh"
#include "nodes/routing/propagation.hh"
#include "services/nftables.hh"
#include "services_ground.hh"
#include "tests/kernel/dice.hh"
#include "tests/source_dir.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing_support::Dice;

// --- charon ----------------------------------------------------------------------------------------------------------

std::vector<Prefix> selectors(Dice& dice) {
  return dice.some_of(std::vector{*Prefix::parse("10.0.0.0/8"), *Prefix::parse("10.1.0.0/16"),
                                  *Prefix::parse("192.168.7.0/24"), *Prefix::parse("172.16.0.0/12")});
}

network::Tunnel tunnel(Dice& dice, const std::string& name) {
  network::Tunnel made{.name = name};
  made.local = *Address::parse(dice.maybe() ? "192.0.2.1" : "192.0.2.2");
  made.remote = *Address::parse(dice.maybe() ? "198.51.100.1" : "198.51.100.2");
  made.address = *InterfaceAddress::parse("198.18.0.1/32");
  made.psk = dice.maybe() ? "one" : "two";
  made.initiate = dice.maybe();
  made.local_selectors = selectors(dice);
  made.remote_selectors = selectors(dice);
  made.ike_proposals = {dice.one_of<std::string>({"aes256-sha256-modp2048", "aes128-sha256-ecp256"})};
  made.esp_proposals = {dice.one_of<std::string>({"aes256gcm16", "aes128gcm16", "aes256-sha256"})};
  made.ike_lifetime = dice.maybe() ? 8h : 1h;
  made.esp_lifetime = dice.maybe() ? 1h : 30min;
  return made;
}

/// charon as the topology's renderer has it for some tunnels.
plan::Node gateway(const std::string& name, Dice& dice) {
  network::Network network;
  network.nodes.push_back({.name = name});
  auto& words = network.nodes.back();
  for (const auto* tunnel_name : {"a", "b", "c", "d"})
    if (words.tunnels.empty() || dice.maybe()) words.tunnels.push_back(tunnel(dice, tunnel_name));
  const std::vector<std::string> no_links;
  const nodes::Propagation propagation(network);
  nodes::Fragment fragment;
  nodes::add_tunnels({network, words, no_links, propagation}, fragment);
  plan::Node made{.name = name, .files = fragment.node.files};
  for (const auto& service : fragment.node.services)
    if (service.kind == "strongswan") made.services.push_back(service);
  return made;
}

class CharonChange : public Ground {
 protected:
  Charon& charon_of(TestNode& node) { return dynamic_cast<Charon&>(*node.services->find("charon")); }

  /// By name; and the names of the keys, whose values charon tells nobody.
  json connections(TestNode& node) {
    auto& charon = charon_of(node);
    json all = json::object();
    for (const auto& section : call(charon, "list-conns", {}, "list-conn").streamed) all.update(section);
    const auto keys = call(charon, "get-shared").response.value("keys", std::vector<std::string>{});
    all["keys"] = std::set<std::string>(keys.begin(), keys.end());
    return all;
  }

  void change(TestNode& node, const plan::Node& to) {
    std::vector<std::string> written;
    for (const auto& file : to.files) {
      sys::write_file(node.folder + "/" + file.name, file.content, 0600);
      written.push_back(file.name);
    }
    std::erase(written, "strongswan.conf");  // the same for all of them
    node.services->change(to, written);
    node.plan = to;
  }
};

TEST_F(CharonChange, RunsWhatAFreshStartWouldRun) {
  const unsigned pairs = std::getenv("XCONN_SLOW") != nullptr ? 200 : 20;
  Dice first(0);
  auto& changed = node(gateway("changed", first));
  start();
  for (unsigned seed = 1; seed <= pairs && !HasFailure(); ++seed) {
    Dice one(seed), same(seed);
    change(changed, gateway("changed", one));
    auto& fresh = node(gateway("fresh" + std::to_string(seed), same));
    fresh.services->start();
    wait_ready();
    EXPECT_EQ(connections(changed).dump(1), connections(fresh).dump(1)) << "seed " << seed;
    EXPECT_GE(connections(fresh).size(), 2U) << "a connection and its key at least";
    fresh.services.reset();
    nodes_.pop_back();
  }
}

// --- nftables --------------------------------------------------------------------------------------------------------

/// Of all nodes of the reference topologies, each once.
std::vector<std::string> shipped_rulesets() {
  std::set<std::string> all;
  for (const auto* name : {"sdwan-expressroute", "transit-vnet", "aviatrix-encryption", "er-vpn-backup", "vpn-over-er",
                           "two-circuits", "microsoft-peering"})
    for (const auto& node : nodes::make_plan(model::read(std::string(kSourceDir) + "/topologies/" + name)).nodes)
      all.insert(node.nftables);
  return {all.begin(), all.end()};
}

/// Without what differs from one kernel object to the next: handles, counters' values.
json without_numbers_of_its_own(json value) {
  if (value.is_object())
    for (const auto* key : {"handle", "packets", "bytes"}) value.erase(key);
  if (value.is_structured())
    for (auto& item : value) item = without_numbers_of_its_own(item);
  return value;
}

/// Sorted: a table that was replaced stands behind those that were not.
std::multiset<std::string> ruleset_in(const sys::Netns& netns) {
  std::multiset<std::string> lines;
  for (const auto& item : read_ruleset(netns)) lines.insert(without_numbers_of_its_own(item).dump());
  return lines;
}

TEST(NftablesChange, RunsWhatAFreshStartWouldRun) {
  const auto rulesets = shipped_rulesets();
  ASSERT_GE(rulesets.size(), 10U);
  const auto changed = sys::Netns::create();
  std::string before;
  for (const auto& after : rulesets) {
    replace_ruleset(changed, before, after);
    const auto fresh = sys::Netns::create();
    if (!after.empty()) apply_ruleset(fresh, after);
    EXPECT_EQ(ruleset_in(changed), ruleset_in(fresh)) << after;
    before = after;
  }
}

}  // namespace
}  // namespace xconn::services
