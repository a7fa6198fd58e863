// SPDX-License-Identifier: Apache-2.0
// Who is at the Internet, and with which addresses. Each holder has a network of its own there, so what the files say
// is taken as far as those networks are small and apart; the rest is made up, of the documentation's addresses (RFC
// 5737).
#include <algorithm>
#include <functional>

#include "base/join.hh"
#include "importing/objects/types.hh"
#include "importing/on_prem/on_prem.hh"

namespace xconn::importing {
namespace {

constexpr int kShortest = 24;

struct Holder {
  std::string object, field, path;
  Where where;
  std::vector<Address> known;
  std::size_t wanted;
  std::function<void(const std::vector<Address>&)> give;
};

std::vector<Address> if_said(const Address& address) {
  return address == Address() ? std::vector<Address>{} : std::vector{address};
}

std::vector<Holder> holders_of(Draft& draft) {
  std::vector<Holder> out;
  for (auto& local : draft.topology.local_gateways)
    out.push_back({"local gateway " + local.name, "gatewayIpAddress", "local-gateways/" + local.name + "/address",
                   local.where, if_said(local.address), 1, [&](const auto& all) { local.address = all.front(); }});
  for (auto& gateway : draft.topology.gateways)
    if (gateway.type == model::GatewayType::kVpn)
      out.push_back({"gateway " + gateway.name, "publicIPAddress", "gateways/" + gateway.name + "/public-addresses",
                     gateway.where, gateway.public_addresses, gateway.active_active ? std::size_t{2} : std::size_t{1},
                     [&](const auto& all) { gateway.public_addresses = all; }});
  for (auto& balancer : draft.topology.load_balancers)
    if (balancer.is_public)
      out.push_back({"load balancer " + balancer.name, "publicIPAddress",
                     "load-balancers/" + balancer.name + "/frontend", balancer.where, if_said(balancer.frontend), 1,
                     [&](const auto& all) { balancer.frontend = all.front(); }});
  return out;
}

/// Takes the network of these addresses; false when it is too large or not free.
bool take(const std::vector<Address>& addresses, Draft& draft) {
  const auto router = router_beside(addresses);
  if (!router || router->length() < kShortest || !draft.is_unused(router->network())) return false;
  draft.take(router->network());
  return true;
}

/// With the address beside the one that is known.
std::vector<Address> completed(const Holder& holder) {
  constexpr int kLength = 29;
  auto all = holder.known;
  const auto network = Prefix::of(all.front(), kLength);
  for (std::uint32_t i = 1; all.size() < holder.wanted; ++i)
    if (std::ranges::find(all, network.host(i)) == all.end()) all.push_back(network.host(i));
  return all;
}

std::vector<Address> made_up(std::size_t count, Draft& draft) {
  constexpr int kLength = 29;
  constexpr std::uint32_t kApart = 8, kAll = 256;
  for (const auto* pool : {"203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"})
    for (std::uint32_t at = 0; at < kAll; at += kApart) {
      const auto network = Prefix::of(Prefix::parse(pool)->host(at), kLength);
      if (!draft.is_unused(network)) continue;
      draft.take(network);
      std::vector<Address> out;
      for (std::uint32_t i = 1; i <= count; ++i) out.push_back(network.host(i));
      return out;
    }
  throw Error("there is no address left for the public side");
}

std::string list_of(const std::vector<Address>& addresses) { return join(addresses, ", ", &Address::text); }

std::string why_assumed(const Holder& holder, bool is_kept) {
  if (holder.known.empty()) return "its public address is in none of the files";
  if (is_kept) return "the files say one of its two public addresses";
  return "the network of its public address at the Internet would overlap with another one (" + list_of(holder.known) +
         ")";
}

void assume(const Holder& holder, Draft& draft) {
  const bool is_partial = !holder.known.empty() && holder.known.size() < holder.wanted;
  auto all = is_partial ? completed(holder) : std::vector<Address>{};
  const bool is_kept = is_partial && take(all, draft);
  if (!is_kept) all = made_up(holder.wanted, draft);
  holder.give(all);
  draft.assume({holder.where, holder.object, holder.field, "", why_assumed(holder, is_kept), "it is " + list_of(all)},
               holder.path);
}

}  // namespace

std::optional<InterfaceAddress> router_beside(const std::vector<Address>& addresses) {
  constexpr int kLongest = 30;
  for (int length = kLongest; length > 0; --length) {
    const auto network = Prefix::of(addresses.front(), length);
    const auto can_hold = [&](const Address& address) {
      return network.contains(address) && address != network.network() && address != network.last();
    };
    if (!std::ranges::all_of(addresses, can_hold)) continue;
    for (std::uint32_t i = 1; i <= addresses.size() + 1 && network.host(i) != network.last(); ++i)
      if (std::ranges::find(addresses, network.host(i)) == addresses.end())
        return InterfaceAddress(network.host(i), length);
  }
  return std::nullopt;
}

void settle_public_addresses(Draft& draft) {
  std::vector<const Holder*> lacking;
  const auto holders = holders_of(draft);
  for (const auto& holder : holders)
    if (holder.known.size() != holder.wanted || !take(holder.known, draft)) lacking.push_back(&holder);
  for (const auto* holder : lacking) assume(*holder, draft);
}

}  // namespace xconn::importing
