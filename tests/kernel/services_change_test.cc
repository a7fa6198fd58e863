// SPDX-License-Identifier: Apache-2.0
// After a change in place, charon, keepalived and nftables run what they would run after a fresh start with it. The
// judges are charon's own list of connections and keys, keepalived's own dump, and `nft -j list ruleset`. XCONN_SLOW=1
// tries ten times as many tunnels and pairs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "model/read.hh"
#include "nodes/edge/pair.hh"
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

class Change : public Ground {
 protected:
  /// How many pairs of configurations are tried.
  static unsigned pairs() { return std::getenv("XCONN_SLOW") != nullptr ? 200 : 20; }

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

class CharonChange : public Change {
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
};

TEST_F(CharonChange, RunsWhatAFreshStartWouldRun) {
  Dice first(0);
  auto& changed = node(gateway("changed", first));
  start();
  for (unsigned seed = 1; seed <= pairs() && !HasFailure(); ++seed) {
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

// --- keepalived ------------------------------------------------------------------------------------------------------

network::Node member(Dice& dice, const std::string& name, const std::string& address) {
  network::Node made{.name = name};
  made.interfaces.push_back({.name = "eth0", .addresses = {*InterfaceAddress::parse(address)}});
  auto& ha = made.ha.emplace();
  ha.group = dice.maybe() ? "fgt" : "pair";
  ha.interface = "eth0";
  ha.priority = dice.one_of<int>({50, 100, 200, 255});
  ha.heartbeat = dice.maybe() ? 200ms : 1s;
  ha.lost_threshold = dice.maybe() ? 3 : 6;
  ha.peer = *Address::parse(dice.maybe() ? "10.0.0.2" : "10.0.0.3");
  for (const auto* moved : {"10.0.0.100", "10.0.0.101"})
    if (dice.maybe()) ha.addresses.push_back({"eth0", *InterfaceAddress::parse(moved + std::string("/32"))});
  return made;
}

/// keepalived as the topology's renderer has it for the first of a pair.
plan::Node first_of_pair(const std::string& name, Dice& dice) {
  network::Network network;
  network.nodes = {member(dice, name, "10.0.0.1/24"), member(dice, "other", "10.0.0.2/24")};
  network.nodes[1].ha->group = network.nodes[0].ha->group;
  const std::vector<std::string> no_links;
  const nodes::Propagation propagation(network);
  nodes::Fragment fragment;
  nodes::add_pair({network, network.nodes[0], no_links, propagation}, fragment);
  return {.name = name, .files = fragment.node.files, .services = fragment.node.services};
}

/// What is state, not configuration, in keepalived's dump of an instance.
constexpr std::array kStateLines{"State =", "Wantstate =", "Last transition =", "Read timeout =", "Master "};
constexpr std::string_view kOnInterface = " set";  // of an address

class KeepalivedChange : public Change {
 protected:
  KeepalivedChange() {
    sys::check(::mount("tmp", "/tmp", "tmpfs", 0, "mode=1777"), "mount", "/tmp");
  }  // its dump is there
  ~KeepalivedChange() override {
    nodes_.clear();
    ::umount2("/tmp", MNT_DETACH);
  }

  TestNode& pair_member(const std::string& name, Dice& dice) {
    auto& peer = node("peer-of-" + name, {}, {});
    auto& made = node(first_of_pair(name, dice));
    link(made, "10.0.0.1/24", peer, "10.0.0.2/24");
    return made;
  }

  /// What it runs: its dump of the instance, without its state; empty while it has not written it.
  std::string dump(TestNode& node) {
    ::unlink("/tmp/keepalived.data");
    node.services->at("keepalived").signal(SIGUSR1);
    std::string text;
    loop_.wait("keepalived's dump", 10s, [&]() -> std::optional<std::string> {
      text = sys::read_file_if_present("/tmp/keepalived.data").value_or("");
      if (text.find(" Name = eth0") != std::string::npos) return std::nullopt;  // its end
      return "it has not written it";
    });
    return instances_in(text);
  }

  static std::string instances_in(const std::string& dump) {
    std::istringstream lines(dump.substr(dump.find("VRRP Instance =")));
    std::string kept;
    for (std::string line; std::getline(lines, line) && line.find("fd_in") == std::string::npos;) {
      const auto is_state = [&](const char* word) { return line.find(word) != std::string::npos; };
      if (line.ends_with(kOnInterface)) line.resize(line.size() - kOnInterface.size());
      if (std::ranges::none_of(kStateLines, is_state)) kept += line + "\n";
    }
    return kept;
  }

  /// It takes a change over in its own time.
  void expect_same(TestNode& changed, TestNode& fresh, unsigned seed) {
    const auto wanted = dump(fresh);
    std::string found;
    const auto bound = sys::now() + 10s;
    do found = dump(changed);
    while (found != wanted && sys::now() < bound);
    EXPECT_EQ(found, wanted) << "seed " << seed;
    EXPECT_THAT(wanted, testing::HasSubstr("Virtual Router ID"));
  }
};

TEST_F(KeepalivedChange, RunsWhatAFreshStartWouldRun) {
  Dice first(0);
  auto& changed = pair_member("changed", first);
  start();
  // each start takes a second: the yielding one waits for the preferred
  for (unsigned seed = 1; seed <= pairs() / 2 && !HasFailure(); ++seed) {
    Dice one(seed), same(seed);
    change(changed, first_of_pair("changed", one));
    auto& fresh = pair_member("fresh" + std::to_string(seed), same);
    fresh.services->start();
    wait_ready();
    expect_same(changed, fresh, seed);
    nodes_.pop_back();
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
