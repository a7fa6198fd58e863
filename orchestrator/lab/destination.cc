// SPDX-License-Identifier: Apache-2.0
#include "lab/destination.hh"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/errors.hh"
#include "base/join.hh"
#include "lab/place.hh"

namespace xconn::lab {
namespace {

constexpr std::array<std::string_view, 4> kEnds{"host", "edge", "router", "public-service"};  // roles that answer

bool is_end(const plan::Node& node) { return std::ranges::find(kEnds, node.role) != kEnds.end(); }

bool is_balancer(const plan::Node& node) { return node.role == "load-balancer"; }

/// As a whole, not as a part of a longer one.
bool mentions(std::string_view text, const std::string& address) {
  constexpr std::string_view kOfAddresses = "0123456789abcdef.:";
  const auto ends = [&](std::size_t at) {
    return at >= text.size() || kOfAddresses.find(text[at]) == std::string_view::npos;
  };
  for (auto at = text.find(address); at != std::string_view::npos; at = text.find(address, at + 1))
    if ((at == 0 || ends(at - 1)) && ends(at + address.size())) return true;
  return false;
}

bool holds(const plan::Node& node, const Address& address) {
  return node.role != "vnet" && std::ranges::any_of(node.interfaces, [&](const plan::Interface& interface) {
           return std::ranges::find(interface.addresses, address, &InterfaceAddress::address) !=
                  interface.addresses.end();
         });
}

/// By its own rules, to whomever they name.
bool translates(const plan::Node& node) { return node.nftables.find("dnat") != std::string::npos; }

/// It comes and goes with the pair's election.
bool takes_over(const plan::Node& node, const Address& address) { return std::ranges::count(node.moved, address) > 0; }

/// Whoever has it may translate it; one that nobody has is whoever's names it.
bool is_passed_on(const plan::Plan& plan, const Address& address) {
  const bool held = std::ranges::any_of(plan.nodes, [&](const plan::Node& node) { return holds(node, address); });
  return std::ranges::any_of(plan.nodes, [&](const plan::Node& node) {
    const bool has = held ? holds(node, address) : mentions(node.nftables, address.text());
    return (has && (is_balancer(node) || translates(node))) || takes_over(node, address);
  });
}

/// The backends' port of a load balancer's rule, where that is another one.
std::uint16_t backend_port(const network::Balancer& balancer, const Address& frontend, std::uint8_t protocol,
                           std::uint16_t port) {
  if (!(balancer.frontend == frontend)) return 0;
  for (const auto& rule : balancer.rules)
    if (rule.protocol == protocol && rule.port == port && !rule.floating_ip)
      return rule.backend_port == port ? 0 : rule.backend_port;
  return 0;
}

std::uint16_t backend_port(const plan::Plan& plan, const Address& frontend, std::uint8_t protocol, std::uint16_t port) {
  for (const auto& node : plan.nodes)
    if (node.balancer)
      if (const auto changed = backend_port(*node.balancer, frontend, protocol, port)) return changed;
  return 0;
}

/// All that may answer for an address which is passed on: whoever has it, has it sometimes, or has one of its own.
std::vector<Receiver> everybody(const plan::Plan& plan, const Address& address, std::uint16_t port) {
  std::vector<Receiver> all;
  for (const auto& node : plan.nodes) {
    if (!is_end(node)) continue;
    if (takes_over(node, address) && !holds(node, address)) all.push_back({node.name, address, port});
    for (const auto& interface : node.interfaces)
      for (const auto& own : interface.addresses)
        if (own.address().is_v4() == address.is_v4()) all.push_back({node.name, own.address(), port});
  }
  std::ranges::stable_partition(all, [&](const Receiver& receiver) { return receiver.address == address; });
  return all;
}

/// "tcp/443"
std::string service(std::uint8_t protocol, std::uint16_t port) {
  constexpr std::uint8_t kTcp = 6;
  return (protocol == kTcp ? "tcp/" : "udp/") +
         (port == 0 ? std::string("a port of its choice") : std::to_string(port));
}

std::string services_of(const network::Balancer& balancer) {
  return join(balancer.rules, ", ",
              [](const network::BalancerRule& rule) { return service(rule.protocol, rule.port); });
}

bool passes(const network::Balancer& balancer, std::uint8_t protocol, std::uint16_t port) {
  return std::ranges::any_of(balancer.rules, [&](const network::BalancerRule& rule) {
    return rule.ha_ports || (rule.protocol == protocol && rule.port == port);
  });
}

}  // namespace

std::string frontend_fault(const plan::Plan& plan, const std::string& word, std::uint8_t protocol, std::uint16_t port) {
  const auto place = place_of(plan, word);
  const auto address = place.address ? place.address : Address::parse(word);
  for (const auto& node : plan.nodes)
    if (node.balancer && address == node.balancer->frontend && !passes(*node.balancer, protocol, port))
      return "load balancer " + node.name + " has no rule for " + service(protocol, port) +
             "; it has: " + services_of(*node.balancer);
  return {};
}

std::string destination_fault(const plan::Plan& plan, const std::string& word) {
  const auto address = Address::parse(word);
  if (address && is_passed_on(plan, *address)) return {};
  return place_of(plan, word).fault;
}

Destination destination_of(const plan::Plan& plan, const std::string& word, std::uint8_t protocol, std::uint16_t port) {
  const auto place = place_of(plan, word);
  const auto address = place.address ? place.address : Address::parse(word);
  if (address && is_passed_on(plan, *address))
    if (auto all = everybody(plan, *address, backend_port(plan, *address, protocol, port)); !all.empty())
      return {*address, std::move(all)};
  if (!place.fault.empty()) throw NotFoundError(place.fault);
  return {*place.address, {{place.node, *place.address, 0}}};
}

}  // namespace xconn::lab
