// SPDX-License-Identifier: Apache-2.0
// What a session lets through and changes, as FRR's prefix lists, community lists, AS path lists and route maps.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "frr/config.hh"

namespace xconn::frr {
namespace {

using network::Neighbor;

constexpr int kStep = 5;  // between the entries of a list, as FRR numbers them itself
constexpr const char *kLast = "permit 65535", *kDenyRest = "deny 65534";  // of a map, whose other entries count from 1

std::string or_longer(const Prefix& prefix) {
  const int bits = prefix.network().bits();
  if (prefix.is_default() || prefix.length() == bits) return prefix.text();
  return fmt::format("{} le {}", prefix.text(), bits);
}

/// Appends entries to one list.
class List {
 public:
  List(Statements& out, std::string head) : out_(out), head_(std::move(head)) {}
  void add(const std::string& rule) {
    out_.push_back({.key = fmt::format("{} seq {}", head_, number_ += kStep), .value = rule, .entry = head_ + rule});
  }
  bool is_empty() const { return number_ == 0; }

 private:
  Statements& out_;
  std::string head_;
  int number_ = 0;
};

/// Nothing when everything may pass. Prefixes of the other family do not matter to a session.
bool add_prefixes(Statements& out, const std::string& name, bool v4, const std::vector<Prefix>& permitted,
                  const std::vector<Prefix>& refused) {
  List list(out, fmt::format("{} prefix-list {}", v4 ? "ip" : "ipv6", name));
  for (const auto& prefix : refused)
    if (prefix.is_v4() == v4) list.add("deny " + or_longer(prefix));
  for (const auto& prefix : permitted)
    if (prefix.is_v4() == v4) list.add("permit " + prefix.text());
  if (permitted.empty() && !refused.empty()) list.add("permit any");
  if (!permitted.empty() && list.is_empty()) list.add("deny any");
  return !list.is_empty();
}

/// A list that any one of `communities` satisfies.
void add_communities(Statements& out, const std::string& name, const std::vector<std::string>& communities) {
  List list(out, "bgp community-list standard " + name);
  for (const auto& community : communities) list.add("permit " + community);
}

Statement map_entry(const std::string& name, const std::string& rule, Statements body) {
  return {.key = fmt::format("route-map {} {}", name, rule), .is_section = true, .body = std::move(body)};
}

bool add_map_in(Statements& out, const std::string& name, const network::PolicyIn& policy) {
  Statements body;
  if (!policy.communities.empty()) {
    add_communities(out, name, policy.communities);
    body.push_back({"match community", name});
  }
  if (policy.local_preference) body.push_back({"set local-preference", std::to_string(*policy.local_preference)});
  if (body.empty()) return false;
  out.push_back(map_entry(name, "permit 10", std::move(body)));
  return true;
}

/// Routes that must not be told to the neighbour whatever else holds.
void withhold(Statements& out, const std::string& name, const network::PolicyOut& policy) {
  int number = 0;
  const auto deny = [&] { return fmt::format("deny {}", ++number); };
  for (const auto& asn : policy.withhold_asns) {
    const auto list = fmt::format("{}-AS{}", name, asn.text());
    List(out, "bgp as-path access-list " + list).add(fmt::format("permit _{}_", asn.text()));
    out.push_back(map_entry(name, deny(), {{"match as-path", list}}));
  }
  if (policy.withhold_communities.empty()) return;
  add_communities(out, name + "-NOT", policy.withhold_communities);
  out.push_back(map_entry(name, deny(), {{"match community", name + "-NOT"}}));
}

Statements changes_of(const Asn& own, const network::PolicyOut& policy) {
  Statements body;
  if (policy.prepend > 0) {
    const std::vector<std::string> times(static_cast<std::size_t>(policy.prepend), own.text());
    body.push_back({"set as-path prepend", fmt::format("{}", fmt::join(times, " "))});
  }
  if (!policy.set_communities.empty())
    body.push_back({"set community", fmt::format("{} additive", fmt::join(policy.set_communities, " "))});
  return body;
}

bool add_map_out(Statements& out, const std::string& name, const Asn& own, const network::PolicyOut& policy) {
  const auto before = out.size();
  withhold(out, name, policy);
  Statements body;
  const bool nothing = policy.communities && policy.communities->empty();
  if (policy.communities && !nothing) {
    add_communities(out, name, *policy.communities);
    body.push_back({"match community", name});
  }
  if (nothing) out.push_back(map_entry(name, kDenyRest, {}));
  for (auto& change : changes_of(own, policy)) body.push_back(std::move(change));
  if (body.empty() && out.size() == before) return false;
  out.push_back(map_entry(name, kLast, std::move(body)));
  return true;
}

}  // namespace

Policy policy_of(const network::Speaker& speaker, const Neighbor& neighbor) {
  Policy policy;
  const auto in = "IN-" + neighbor.address.text(), out = "OUT-" + neighbor.address.text();
  const bool v4 = neighbor.address.is_v4();
  policy.list_in = add_prefixes(policy.statements, in, v4, neighbor.in.accept, neighbor.in.refuse);
  policy.list_out = add_prefixes(policy.statements, out, v4, neighbor.out.announce, {});
  policy.map_in = add_map_in(policy.statements, in, neighbor.in);
  policy.map_out = add_map_out(policy.statements, out, speaker.asn, neighbor.out);
  return policy;
}

std::string origin_map_name(const network::Origin& origin) { return "ORIGIN-" + origin.prefix.text(); }

Statements origin_map(const network::Origin& origin) {
  if (origin.communities.empty()) return {};
  return {map_entry(origin_map_name(origin), "permit 10",
                    {{"set community", fmt::format("{}", fmt::join(origin.communities, " "))}})};
}

}  // namespace xconn::frr
