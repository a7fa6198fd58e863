// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "kernel/mirror.hh"
#include "kernel/monitor.hh"
#include "kernel_fixture.hh"
#include "sys/clock.hh"

namespace xconn::kernel {
namespace {

using namespace std::chrono_literals;

class MonitorTest : public KernelTest {
 protected:
  void SetUp() override { join(); }
  template <typename Fact>
  void await(const std::string& what, Fact fact) {
    loop_.wait(what, 5s,
               [&] { return fact() ? Difference() : Difference(std::to_string(changes_.size()) + " changes"); });
  }
  template <typename What>
  const What* find(bool gone, const std::function<bool(const What&)>& matches) const {
    for (const auto& change : changes_)
      if (const auto* what = std::get_if<What>(&change.what); what != nullptr && change.gone == gone && matches(*what))
        return what;
    return nullptr;
  }
  sys::Loop loop_;
  std::vector<Change> changes_;
};

TEST_F(MonitorTest, TellsOfRoutesComingAndGoing) {
  const Monitor monitor(loop_, a_, [&](const Change& change) { changes_.push_back(change); });
  auto wish = route("198.51.100.0/24", "192.0.2.2", "x");
  wish.table = 1000;
  const auto before = sys::now();
  Netlink netlink(a_);
  netlink.commit(route_add(wish, 186));
  netlink.commit(route_delete(wish));
  const auto is_it = [&](const RouteEntry& entry) { return entry.route == wish && entry.protocol == 186; };
  await("the route's end", [&] { return find<RouteEntry>(true, is_it) != nullptr; });
  EXPECT_NE(find<RouteEntry>(false, is_it), nullptr);
  EXPECT_GE(changes_.front().at, before);
  EXPECT_LE(changes_.back().at, sys::now());
}

TEST_F(MonitorTest, AFloodLeavesTheLoopToOthers) {
  std::size_t others = 0, told_before_others = 0;
  const Monitor monitor(loop_, a_, [&](const Change& change) {
    if (changes_.empty()) loop_.post([&] { others = changes_.size(); });
    changes_.push_back(change);
    std::this_thread::sleep_for(1ms);
    if (others == 0) ++told_before_others;
  });
  Batch flood;
  for (int i = 0; i < 200; ++i)
    flood.push_back(route_add(route(("198.51." + std::to_string(i) + ".0/24").c_str(), "192.0.2.2", "x"), 186));
  Netlink(a_).commit(flood);
  await("all routes", [&] { return changes_.size() >= 200; });
  EXPECT_GT(others, 0U);
  EXPECT_LT(told_before_others, 100U);
}

TEST_F(MonitorTest, TellsOfCarrierLostAtTheOtherEnd) {
  const Monitor monitor(loop_, a_, [&](const Change& change) { changes_.push_back(change); });
  Netlink(b_).commit(link_set("y", {.up = false}));
  await("carrier loss", [&] {
    return find<Link>(false, [](const Link& link) { return link.name == "x" && link.up && !link.carrier; }) != nullptr;
  });
}

TEST_F(MonitorTest, TellsOfAddressesNeighboursAndADeletedLinkByName) {
  const Monitor monitor(loop_, a_, [&](const Change& change) { changes_.push_back(change); });
  Netlink netlink(a_);
  netlink.commit({address_add("x", *InterfaceAddress::parse("198.51.100.1/24")),
                  neighbour_add("x", *Address::parse("198.51.100.2"), *Mac::parse("02:00:00:00:00:09")),
                  link_delete("x")});
  await("the link's end",
        [&] { return find<Link>(true, [](const Link& link) { return link.name == "x"; }) != nullptr; });
  EXPECT_NE(find<LinkAddress>(false, [](const auto& it) { return it.address.text() == "198.51.100.1/24"; }), nullptr);
  EXPECT_NE(find<Neighbour>(false, [](const auto& it) { return it.address.text() == "198.51.100.2"; }), nullptr);
}

TEST_F(MonitorTest, MayBeDestroyedInsideItsCallback) {
  int calls = 0;
  std::optional<Monitor> monitor;
  monitor.emplace(loop_, a_, [&](const Change&) {
    ++calls;
    monitor.reset();
  });
  Netlink(a_).commit(
      {route_add(route("198.51.100.0/24", "192.0.2.2")), route_add(route("203.0.113.0/24", "192.0.2.2"))});
  await("a call", [&] { return calls > 0; });
  loop_.poll();
  EXPECT_EQ(calls, 1);
}

TEST_F(MonitorTest, ALostNotificationIsAnOverrun) {
  const Monitor monitor(loop_, a_, [&](const Change& change) { changes_.push_back(change); });
  Netlink netlink(a_);
  const auto overrun = [&] { return find<Overrun>(false, [](const Overrun&) { return true; }) != nullptr; };
  // Nobody reads while more comes than the buffer holds.
  for (int round = 0; round < 60; ++round) {
    Batch batch;
    for (std::uint32_t i = 0; i < 1000; ++i) {
      auto wish = route("0.0.0.0/0", round % 2 == 0 ? "192.0.2.2" : "192.0.2.3");
      wish.to = Prefix::of(Address::v4(0x0a000000U + (i << 8)), 24);
      batch.push_back(route_replace(wish));
    }
    netlink.commit(batch);
  }
  await("the overrun", overrun);
}

class MirrorTest : public MonitorTest {
 protected:
  static constexpr std::uint32_t kTables[] = {1001, 1002};
  RouteMirror start() {
    return RouteMirror(loop_, a_, "a",
                       {.from_node = "", .to_tables = {kTables[0], kTables[1]}, .interface = "", .reject = {}});
  }
  std::size_t mirrored(std::uint32_t table) { return ip(a_, {"route", "show", "table", std::to_string(table)}).size(); }
  void await_mirrored(std::size_t count) {
    loop_.wait("mirrored routes", 5s, [&]() -> Difference {
      const auto first = Reader(a_).routes(kTables[0]).size(), second = Reader(a_).routes(kTables[1]).size();
      if (first == count && second == count) return std::nullopt;
      return std::to_string(first) + " and " + std::to_string(second) + " instead of " + std::to_string(count);
    });
  }
};

TEST_F(MirrorTest, CopiesWhatIsThereWhatComesAndTakesItBack) {
  Netlink netlink(a_);
  netlink.commit(
      {route_add(route("198.51.100.0/24", "192.0.2.2"), 186), route_add(route("203.0.113.0/24", "192.0.2.2"))});
  const auto mirror = start();
  auto copies = ip(a_, {"-d", "route", "show", "table", "1001"});
  ASSERT_EQ(copies.size(), 1U) << "static routes are not mirrored: " << copies.dump();
  EXPECT_EQ(copies[0].at("gateway"), "192.0.2.2");
  EXPECT_EQ(copies[0].at("metric"), 20);
  EXPECT_EQ(copies[0].at("dst"), "198.51.100.0/24");
  auto ecmp = route("198.18.0.0/15");
  ecmp.next_hops = {{Address::parse("192.0.2.2"), "x", false}, {Address::parse("192.0.2.3"), "x", false}};
  netlink.commit(route_add(ecmp, 186));
  await_mirrored(2);
  EXPECT_EQ(ip(a_, {"route", "show", "198.18.0.0/15", "table", "1002"}).at(0).at("nexthops").size(), 2U);
  netlink.commit({route_delete(ecmp), route_delete(route("198.51.100.0/24"))});
  await_mirrored(0);
  EXPECT_EQ(mirrored(1001) + mirrored(1002), 0U);
}

TEST_F(MirrorTest, FollowsAChangedNextHop) {
  Netlink netlink(a_);
  netlink.commit(route_add(route("198.51.100.0/24", "192.0.2.2"), 186));
  const auto mirror = start();
  netlink.commit(route_replace(route("198.51.100.0/24", "192.0.2.3"), 186));
  loop_.wait("the new gateway", 5s, [&]() -> Difference {
    const auto routes = Reader(a_).routes(1002);
    const auto via = routes.size() == 1 ? routes[0].route.next_hops.at(0).via->text() : "none";
    return via == "192.0.2.3" ? Difference() : via;
  });
}

TEST_F(MirrorTest, LeavesOthersRoutesInItsTables) {
  auto user = route("198.51.100.0/24", "192.0.2.9");
  user.table = 1001;
  user.metric = 10;
  Netlink netlink(a_);
  netlink.commit(route_add(user));
  netlink.commit(route_add(route("198.51.100.0/24", "192.0.2.2"), 186));
  {
    const auto mirror = start();
    EXPECT_EQ(mirrored(1001), 2U);
    netlink.commit(route_delete(route("198.51.100.0/24")));
    loop_.wait("the copy's end", 5s, [&] { return Reader(a_).routes(1001).size() == 1 ? Difference() : "there"; });
  }
  EXPECT_EQ(ip(a_, {"route", "show", "table", "1001"}).at(0).at("gateway"), "192.0.2.9");
}

TEST_F(MirrorTest, NoticesRoutesThatAnInterfaceTookAlongInSilence) {
  const auto other = sys::Netns::create();
  Netlink netlink(a_);
  netlink.commit({veth({a_.fd(), "z"}, {other.fd(), "w"}), link_set("z", {.up = true}),
                  address_add("z", *InterfaceAddress::parse("203.0.113.1/24")),
                  route_add(route("198.51.100.0/24", "203.0.113.2"), 186)});
  const auto mirror = start();
  ASSERT_EQ(mirrored(1001), 1U);
  netlink.commit(link_set("z", {.up = false}));
  await_mirrored(0);
}

/// What b learned stands in a's tables, leaving by a's own interface, and nothing of what is rejected.
TEST_F(MirrorTest, CopiesFromAnotherNamespace) {
  Netlink there(b_);
  there.commit(route_add(route("198.51.100.0/24", "192.0.2.9", "y"), 186));
  const std::string b = "b";
  const auto reject = *Prefix::parse("203.0.113.0/24");
  const RouteMirror mirror(
      loop_, {b_, b}, a_, "a",
      {.from_node = b, .to_tables = {kTables[0], kTables[1]}, .interface = "x", .reject = {reject}});
  ASSERT_EQ(mirrored(1001), 1U);
  EXPECT_EQ(ip(a_, {"route", "show", "table", "1001"}).at(0).at("dev"), "x");
  there.commit({route_add(route("203.0.113.128/25", "192.0.2.9", "y"), 186),
                route_add(route("198.18.0.0/15", "192.0.2.9", "y"), 186)});
  await_mirrored(2);
  Netlink(a_).commit(route_delete(Reader(a_).routes(1002).at(0).route));
  await_mirrored(2);
  there.commit({route_delete(route("198.51.100.0/24")), route_delete(route("198.18.0.0/15"))});
  await_mirrored(0);
}

TEST_F(MirrorTest, AFullTableIsMirroredQuickly) {
  const auto mirror = start();
  Batch batch;
  for (std::uint32_t i = 0; i < 4001; ++i) {
    auto wish = route("0.0.0.0/0", "192.0.2.2");
    wish.to = Prefix::of(Address::v4(0x0a000000U + (i << 8)), 24);
    batch.push_back(route_add(wish, 186));
  }
  Netlink(a_).commit(batch);
  const auto start_of_wait = sys::now();
  await_mirrored(4001);
  EXPECT_LT(sys::now() - start_of_wait, 3s);
}

}  // namespace
}  // namespace xconn::kernel
