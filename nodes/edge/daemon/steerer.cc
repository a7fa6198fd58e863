// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/steerer.hh"

#include <cerrno>
#include <limits>

#include "nodes/edge/daemon/mark.hh"
#include "nodes/edge/daemon/ruleset.hh"
#include "sys/clock.hh"

namespace xconn::sdwan {
namespace {

constexpr std::uint32_t kLastResort = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kFirstPriority = 1000, kLastPriority = 1999;

bool is_ours(std::uint32_t number) { return number >= kFirstPriority && number <= kLastPriority; }

Route default_route(int path, RouteKind kind) {
  Route route;
  route.to = *Prefix::parse("0.0.0.0/0");
  route.kind = kind;
  route.table = kPathBase + static_cast<std::uint32_t>(path);
  return route;
}

Rule path_rule(int path) {
  Rule rule;
  rule.priority = kPathBase + static_cast<std::uint32_t>(path);
  rule.mark = path_mark(path);
  rule.mask = kPathMask;
  rule.table = rule.priority;
  return rule;
}

Rule local_rule() {
  Rule rule;
  rule.priority = rule.table = kLocalTable;
  return rule;
}

NextHop hop_of(const network::SdwanMember& member) {
  return {member.gateway, member.interface, member.gateway.has_value()};
}

/// Two paths mean that packets come back by another interface than the one the main table would choose, and that one
/// direction of a connection may not be seen here at all. Neither is a reason to drop.
std::map<std::string, std::string> tolerant_sysctls(const std::vector<kernel::Link>& links) {
  std::map<std::string, std::string> values{{"net/netfilter/nf_conntrack_tcp_be_liberal", "1"},
                                            {"net/netfilter/nf_conntrack_tcp_loose", "1"},
                                            {"net/ipv4/conf/all/rp_filter", "0"},
                                            {"net/ipv4/conf/default/rp_filter", "0"}};
  for (const auto& link : links) values["net/ipv4/conf/" + link.name + "/rp_filter"] = "0";
  return values;
}

}  // namespace

Steerer::Steerer(const Config& config)
    : config_(config),
      netns_(sys::Netns::current()),
      netlink_(netns_, config.node),
      reader_(netns_, config.node),
      next_path_(kFirstInterfacePath) {
  remove_leftovers();
  kernel::set_sysctls(netns_, config_.node, tolerant_sysctls(reader_.links()));
  nft_.run(table_text(config_));
  for (std::size_t i = 0; i < config_.sdwan.members.size(); ++i) prepare_path(member_path(static_cast<int>(i)));
  netlink_.commit(kernel::rule_add(local_rule()));
  for (const auto& member : config_.sdwan.members) restore_member(member.interface);
}

Steerer::~Steerer() {
  try {
    nft_.run(std::string("delete table ip ") + kTable);
    remove_leftovers();
  } catch (const Error&) {
    // The namespace is on its way out, and takes all of it along.
  }
}

void Steerer::remove_leftovers() {
  kernel::Batch batch;
  for (const auto& entry : reader_.rules()) {
    if (entry.family == AF_INET && is_ours(entry.rule.priority)) {
      batch.push_back(kernel::rule_delete(entry.rule).tolerate(ENOENT));
    }
  }
  for (const auto& entry : reader_.all_routes()) {
    if (entry.route.to.is_v4() && is_ours(entry.route.table) && entry.protocol == kernel::kProtocolSteer) {
      batch.push_back(kernel::route_delete(entry.route, entry.protocol).tolerate(ESRCH));
    }
  }
  netlink_.commit(batch);
}

void Steerer::prepare_path(int path) {
  auto last = default_route(path, RouteKind::kBlackhole);
  last.metric = kLastResort;
  netlink_.commit({kernel::route_replace(last, kernel::kProtocolSteer), kernel::rule_add(path_rule(path))});
}

void Steerer::put_path(int path, const NextHop& hop) {
  auto route = default_route(path, RouteKind::kUnicast);
  route.next_hops = {hop};
  // ENODEV, ENETDOWN, ENETUNREACH: not there, or down: the blackhole stays until it comes.
  auto request = kernel::route_replace(route, kernel::kProtocolSteer);
  netlink_.commit(request.tolerate(ENETDOWN).tolerate(ENETUNREACH).tolerate(ENODEV));
}

void Steerer::restore_member(const std::string& interface) {
  for (std::size_t i = 0; i < config_.sdwan.members.size(); ++i) {
    const auto& member = config_.sdwan.members[i];
    if (member.interface == interface) put_path(member_path(static_cast<int>(i)), hop_of(member));
  }
}

Duration Steerer::apply(const Steering& steering) {
  if (steering == applied_) return Duration::zero();
  const auto text = steering_text(config_, applied_, steering);
  const auto start = sys::now();
  if (!text.empty()) nft_.run(text);
  const auto took = sys::now() - start;
  const auto before = std::exchange(applied_, steering);
  put_local(steering);
  forget_connections(before, steering);
  return text.empty() ? Duration::zero() : took;
}

/// The first rule with a choice speaks for the edge's own packets. Without any, the look-up falls to the main table and
/// the table's `steer` chain drops them.
void Steerer::put_local(const Steering& steering) {
  int chosen = steering.implicit.empty() ? -1 : steering.implicit.front();
  for (auto rule = steering.rules.rbegin(); rule != steering.rules.rend(); ++rule) {
    if (!rule->empty()) chosen = rule->front();
  }
  kernel::Batch batch;
  for (const auto& prefix : config_.sdwan.routes) {
    if (prefix.is_default()) continue;  // would hide the main table from the edge's own traffic
    Route route;
    route.to = prefix;
    route.table = kLocalTable;
    if (chosen < 0) {
      batch.push_back(kernel::route_delete(route).tolerate(ESRCH));
      continue;
    }
    route.next_hops = {hop_of(config_.sdwan.members[chosen])};
    auto request = kernel::route_replace(route, kernel::kProtocolSteer);
    batch.push_back(request.tolerate(ENETDOWN).tolerate(ENETUNREACH).tolerate(ENODEV));
  }
  for (const auto& prefix : bypass_) {
    Route route;
    route.to = prefix;
    route.kind = RouteKind::kThrow;
    route.table = kLocalTable;
    batch.push_back(kernel::route_replace(route, kernel::kProtocolSteer));
  }
  netlink_.commit(batch);
}

/// A connection that came in by a member that is dead now must not be sent back there when the member returns.
void Steerer::forget_connections(const Steering& before, const Steering& after) {
  for (const int member : before.returning) {
    bool stays = false;
    for (const int other : after.returning) stays = stays || other == member;
    if (!stays) conntrack_.clear_marks(kPathMask, path_mark(member_path(member)));
  }
}

void Steerer::set_bypass(const std::vector<Prefix>& prefixes) {
  if (prefixes == bypass_) return;
  nft_.run(bypass_text(prefixes));
  kernel::Batch batch;
  for (const auto& prefix : bypass_) {
    Route route;
    route.to = prefix;
    route.kind = RouteKind::kThrow;
    route.table = kLocalTable;
    batch.push_back(kernel::route_delete(route).tolerate(ESRCH));
  }
  netlink_.commit(batch);
  bypass_ = prefixes;
  put_local(applied_);
}

void Steerer::set_answering(const std::map<std::string, std::optional<Address>>& gateways) {
  if (!config_.ha) return;
  bool grown = false;
  for (const auto& [interface, gateway] : gateways) {
    const auto [entry, added] = answering_.try_emplace(interface, next_path_);
    if (added) {
      if (next_path_ > kLastInterfacePath) throw HostError("a free path for " + interface, "use fewer interfaces");
      prepare_path(next_path_++);
      grown = true;
    }
    put_path(entry->second, {gateway, interface, gateway.has_value()});
  }
  if (grown) nft_.run(interfaces_text(answering_));
}

}  // namespace xconn::sdwan
