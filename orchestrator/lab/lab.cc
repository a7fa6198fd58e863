// SPDX-License-Identifier: Apache-2.0
#include "lab/lab.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "base/errors.hh"
#include "base/join.hh"
#include "lab/count.hh"
#include "plan/edits.hh"
#include "sys/clock.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

namespace fs = std::filesystem;

constexpr Duration kBetweenLooks = std::chrono::milliseconds{5};
constexpr int kShareOfLooks =
    4;  // a look at ten thousand routes leaves the daemons the processor for three times as long

using Planned = std::map<std::string_view, const plan::Interface*>;

/// The first of a name, for look-ups by the thousand: a hub has as many as there are links.
Planned planned_of(const Node& node) {
  Planned interfaces;
  for (const auto& interface : node.plan().interfaces) interfaces.try_emplace(interface.name, &interface);
  return interfaces;
}

kernel::VethEnd veth_end(const Node& node, const Planned& planned, const std::string& name, int index) {
  kernel::VethEnd end{.netns = node.netns().fd(), .name = name, .index = index};
  if (const auto interface = planned.find(name); interface != planned.end()) {
    end.mac = interface->second->mac;
    end.mtu = interface->second->mtu;
  }
  return end;
}

/// A network without daemons is what the kernel has acknowledged.
bool changes_by_itself(const plan::Plan& plan) {
  return std::ranges::any_of(plan.nodes, [](const auto& node) {
    return !node.mirrors.empty() ||
           std::ranges::any_of(node.services, [](const auto& service) { return service.kind != "echo"; });
  });
}

std::string fault_text(const faults::Event& event) { return event.text; }

}  // namespace

Lab::Lab(sys::Loop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      events_(options_.folder + "/events.jsonl"),
      listening_(events_.listen([this](const Event& event) {
        rest_.happened(event.at, event.node + ": " + event.source + " " + event.text);
      })),
      fault_site_(*this),
      faults_(std::make_unique<faults::Registry>(loop, fault_site_, [this](const faults::Event& event) {
        events_.add({event.at, "fault", event.request.target.substr(0, event.request.target.find(':')),
                     fault_text(event), true});
      })) {}

Lab::~Lab() = default;

void Lab::build(plan::Plan plan, const Progress& progress) {
  begun_ = sys::now();
  progress("wiring " + count_of(plan.nodes.size(), "node") + " and " + count_of(plan.links.size(), "link"));
  plan_.lab = plan.lab;  // errors name it
  take(plan::edits(plan_, plan), plan, progress);
  plan_ = std::move(plan);
}

void Lab::converge(const Progress& progress) {
  loop_.wait("all services to be ready", options_.bound, [this] { return services_missing(); });
  progress("waiting for " + count_of(plan_.facts.size(), "fact") + " (sessions, routes, tunnels, members, backends)");
  loop_.wait("the lab to converge", options_.bound, to_rest());
  converged_in_ = sys::now() - begun_;
}

void Lab::converge_as_far_as_it_can(const Progress& progress) {
  options_.bound = std::min(options_.bound, kAsFarAsItCan);
  try {
    converge(progress);
  } catch (const TimeoutError&) {
    if (services_missing()) throw;
    give_up_missing();
    converged_in_ = sys::now() - begun_;
  }
}

void Lab::give_up_missing() {
  given_up_.clear();
  const auto view = lab_state();
  for (const auto& fact : plan_.facts)
    if (!services::holds(fact, view)) given_up_.push_back(fact);
}

void Lab::forget_connections() noexcept {
  for (const auto& node : nodes_) try {
      kernel::set_sysctls(node->netns(), node->name(), {{"net.ipv4.tcp_orphan_retries", "1"}});
    } catch (const std::exception&) {  // it only ends later then
    }
}

void Lab::add_nodes(const std::vector<plan::Node>& nodes) {
  auto namespaces = sys::Netns::create(nodes.size());
  std::shared_ptr<kernel::Inherited> inherited;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    namespaces[i].run([&] {
      if (!inherited) inherited = std::make_shared<kernel::Inherited>();
      inherited->settle(nodes[i].name, nodes[i].sysctls);
    });
  const auto sink = [this](const Event& event) { events_.add(event); };
  const auto stirred = [this](const std::string& node) {
    return [this, node] { rest_.happened(sys::now(), node + ": its routes, links or sessions changed"); };
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    namespaces[i].pin("/run/netns/" + nodes[i].name);
    nodes_.push_back(std::make_unique<Node>(loop_, nodes[i], std::move(namespaces[i]), inherited,
                                            options_.folder + "/nodes/" + nodes[i].name, sink, stirred(nodes[i].name)));
    by_name_[nodes[i].name] = nodes_.back().get();
  }
}

void Lab::add_links(const std::vector<plan::Link>& links) {
  kernel::Netlink world(sys::Netns::current(), "the lab's world");
  std::map<const Node*, Planned> planned;
  const auto created = [&](const End& end) {
    const auto& its_node = node(end.node);
    const auto [known, is_new] = planned.try_emplace(&its_node);
    if (is_new) known->second = planned_of(its_node);
    return veth_end(its_node, known->second, end.interface, next_index_++);
  };
  kernel::Batch batch;
  for (const auto& link : links) {
    const auto a = created(link.a);
    batch.push_back(kernel::veth(a, created(link.b)));
  }
  world.commit(batch);
}

void Lab::start_captures() {
  for (const auto& end : std::exchange(options_.captures, {}))
    start_capture(end, "", fmt::format("{}/captures/{}-{}.pcap", options_.folder, end.node, end.interface));
}

int Lab::start_capture(const End& end, const std::string& filter, const std::string& file) {
  fs::create_directories(fs::path(file).parent_path());
  captures_.emplace_back(node(end.node).netns(), probes::CaptureSpec{end.interface, filter, file});
  return static_cast<int>(captures_.size());
}

void Lab::impair(const End& from, const Impairment& impairment) {
  const std::pair key{from.node, from.interface};
  impaired_.erase(key);
  if (impairment == Impairment{}) return;
  const auto* link = plan_.find_link(from);
  if (link == nullptr) throw NotFoundError("there is no link at " + from.node + ":" + from.interface);
  const auto& to = link->a == from ? link->b : link->a;
  impaired_.emplace(key, datapath::Impaired(node(from.node).netns(), from.interface, node(to.node).netns(),
                                            to.interface, impairment));
}

Node& Lab::node(const std::string& name) {
  if (const auto found = by_name_.find(name); found != by_name_.end()) return *found->second;
  const auto names = join(nodes_, ", ", [](const auto& each) { return each->name(); });
  throw NotFoundError("there is no node " + name + " in lab " + plan_.lab + " (nodes: " + names + ")");
}

std::optional<std::string> Lab::services_missing() {
  std::optional<std::string> first;
  // All are asked, for asking is what starts those that waited for another.
  for (const auto& node : nodes_)
    if (auto missing = node->services_missing(); missing && !first) first = std::move(missing);
  for (const auto& retired : retired_)
    if (!*retired.ended && !first) first = retired.node->name() + " was removed, and is still ending";
  return first;
}

services::LabState Lab::lab_state() {
  return {[this](const std::string& name) { return &node(name).services(); },
          [this](const std::string& name) -> const services::RoutesSeen& { return node(name).routes(); }};
}

void Lab::restart(const std::string& node_name, const std::string& daemon) {
  auto& services = node(node_name).services();
  const auto demand = [&](const services::Service& service) {
    if (service.held())
      throw Error("a fault keeps " + service.name() + " of " + node_name + " down; heal it first: xconn fault list");
  };
  if (daemon.empty())
    for (const auto& service : services.all()) demand(*service);
  else
    demand(services.at(daemon));
  events_.add({sys::now(), "service", node_name, (daemon.empty() ? "all daemons" : daemon) + " restarted on request"});
  if (daemon.empty()) return services.restart();
  services.restart(daemon);
}

void Lab::mend() {
  for (const auto& node : nodes_) node->services().mend();
}

std::optional<std::string> Lab::missing_of(const std::string& name) { return node(name).services_missing(); }

std::optional<std::string> Lab::missing() {
  if (auto missing = services_missing()) return missing;
  return facts_missing();
}

/// What a look could not find out is not settled either.
std::optional<std::string> Lab::unsettled() {
  try {
    return missing();
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::optional<std::string> Lab::pending(std::chrono::nanoseconds since) {
  std::optional<std::string> first;
  for (const auto& node : nodes_)
    if (node->is_alive())
      if (auto what = node->pending(since); what && !first) first = std::move(what);
  return first;
}

std::optional<std::string> Lab::difference(std::chrono::nanoseconds began) {
  return rest_.difference(sys::now(), began, missing(), [this](auto since) { return pending(since); });
}

std::optional<std::string> Lab::difference_as_it_is(std::chrono::nanoseconds began) {
  return services_missing() ? difference(began) : difference_without(facts_missing(), began);
}

std::optional<std::string> Lab::difference_to_vain(std::chrono::nanoseconds began) {
  return services_missing() ? difference(began) : difference_without("what is awaited", began);
}

std::optional<std::string> Lab::difference_without(const std::optional<std::string>& missing,
                                                   std::chrono::nanoseconds began) {
  return rest_.difference_as_it_is(sys::now(), began, missing, [this](auto since) { return pending(since); });
}

std::optional<std::string> Lab::unrest(std::chrono::nanoseconds began, Difference which) {
  try {
    return (this->*which)(began);
  } catch (const ServiceError&) {  // a daemon that cannot come: waiting is in vain
    throw;
  } catch (const std::exception& error) {
    rest_.happened(sys::now(), error.what());
    return error.what();
  }
}

std::function<std::optional<std::string>()> Lab::looks(Difference which) {
  struct Look {
    std::chrono::nanoseconds began = sys::now(), next{0};
    std::optional<std::string> seen;
  };
  rest_.set_calm(changes_by_itself(plan_) ? Rest::kCalm : Duration{0});
  return [this, which, look = std::make_shared<Look>()] {
    const auto now = sys::now();
    if (now < look->next) return look->seen;
    look->seen = unrest(look->began, which);
    look->next = std::max(sys::now() + kBetweenLooks, now + kShareOfLooks * (sys::now() - now));
    return look->seen;
  };
}

std::function<std::optional<std::string>()> Lab::to_rest() { return looks(&Lab::difference); }

std::function<std::optional<std::string>()> Lab::to_rest_as_it_is() { return looks(&Lab::difference_as_it_is); }

std::function<std::optional<std::string>()> Lab::to_vain() { return looks(&Lab::difference_to_vain); }

/// The first, but what is no route before routes: most of those are missing because a session is.
std::optional<std::string> Lab::facts_missing() {
  const auto view = lab_state();
  const plan::Fact* first = nullptr;
  int count = 0;
  for (const auto& fact : plan_.facts) {
    const bool holds = services::holds(fact, view);
    fact_log_.look(fact, holds);
    if (holds) std::erase(given_up_, fact);
    if (holds || std::ranges::count(given_up_, fact) > 0) continue;
    if (first == nullptr || (first->kind == "route" && fact.kind != "route")) first = &fact;
    ++count;
  }
  if (first == nullptr) return std::nullopt;
  const auto text = services::difference(*first, view);
  if (!text) return std::nullopt;
  return first->node + ": " + *text + (count > 1 ? fmt::format(" (and {} more)", count - 1) : "");
}

std::vector<std::pair<plan::Fact, std::optional<std::string>>> Lab::facts() {
  const auto view = lab_state();
  std::vector<std::pair<plan::Fact, std::optional<std::string>>> out;
  for (const auto& fact : plan_.facts) out.emplace_back(fact, services::difference(fact, view));
  return out;
}

}  // namespace xconn::lab
