#include "lab/lab.hh"

#include <fmt/format.h>

#include <filesystem>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

namespace fs = std::filesystem;

constexpr Duration kServicesBound = std::chrono::seconds{30};
constexpr Duration kRestartsAsked = std::chrono::milliseconds{10};

std::string count_of(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::size_t services_in(const plan::Plan& plan) {
  std::size_t count = 0;
  for (const auto& node : plan.nodes) count += node.services.size();
  return count;
}

kernel::VethEnd veth_end(const Node& node, const std::string& interface, int index) {
  kernel::VethEnd end{.netns = node.netns().fd(), .name = interface, .index = index};
  for (const auto& planned : node.plan().interfaces)
    if (planned.name == interface) {
      end.mac = planned.mac;
      end.mtu = planned.mtu;
    }
  return end;
}

std::string fault_text(const faults::Event& event) { return event.text; }

}  // namespace

Lab::Lab(sys::Loop& loop, plan::Plan plan, Options options)
    : loop_(loop),
      plan_(std::move(plan)),
      options_(std::move(options)),
      events_(options_.folder + "/events.jsonl"),
      fault_site_(*this),
      faults_(std::make_unique<faults::Registry>(loop, fault_site_, [this](const faults::Event& event) {
        events_.add({event.at, "fault", event.request.target.substr(0, event.request.target.find(':')),
                     fault_text(event), true});
      })) {}

Lab::~Lab() = default;

void Lab::bring_up(const Progress& progress) {
  const auto begin = sys::now();
  progress("wiring " + count_of(plan_.nodes.size(), "node") + " and " + count_of(plan_.links.size(), "link"));
  add_nodes(plan_.nodes);
  add_links(plan_.links);
  for (const auto& node : nodes_) node->configure(options_.vlan);
  for (const auto& each : nodes_)
    each->mirror_routes([this](const std::string& name) -> const sys::Netns& { return node(name).netns(); });
  for (const auto& link : plan_.links) {
    impair(link.a, link.a_to_b);
    impair(link.b, link.b_to_a);
  }
  start_captures();
  progress("starting " + count_of(services_in(plan_), "service"));
  for (const auto& node : nodes_) node->start_services();
  loop_.wait("all services to be ready", kServicesBound, [this] { return services_missing(); });
  progress("waiting for " + count_of(plan_.facts.size(), "fact") + " (sessions, routes, tunnels, members, backends)");
  loop_.wait("the lab to converge", options_.bound, [this] { return unsettled(); });
  converged_in_ = sys::now() - begin;
}

void Lab::forget_connections() noexcept {
  for (const auto& node : nodes_) try {
      kernel::set_sysctls(node->netns(), node->name(), {{"net.ipv4.tcp_orphan_retries", "1"}});
    } catch (const std::exception&) {  // it only ends later then
    }
}

void Lab::add_nodes(const std::vector<plan::Node>& nodes) {
  auto namespaces = sys::Netns::create(nodes.size());
  const auto sink = [this](const Event& event) { events_.add(event); };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    namespaces[i].pin("/run/netns/" + nodes[i].name);
    nodes_.push_back(std::make_unique<Node>(loop_, nodes[i], std::move(namespaces[i]),
                                            options_.folder + "/nodes/" + nodes[i].name, sink));
    by_name_[nodes[i].name] = nodes_.back().get();
  }
}

void Lab::add_links(const std::vector<plan::Link>& links) {
  kernel::Netlink world(sys::Netns::current(), "the lab's world");
  kernel::Batch batch;
  for (const auto& link : links) {
    const auto a = veth_end(node(link.a.node), link.a.interface, next_index_++);
    batch.push_back(kernel::veth(a, veth_end(node(link.b.node), link.b.interface, next_index_++)));
  }
  world.commit(batch);
}

void Lab::start_captures() {
  for (const auto& end : options_.captures)
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
  std::string names;
  for (const auto& each : nodes_) names += (names.empty() ? "" : ", ") + each->name();
  throw NotFoundError("there is no node " + name + " in lab " + plan_.lab + " (nodes: " + names + ")");
}

std::optional<std::string> Lab::services_missing() {
  std::optional<std::string> first;
  // All are asked, for asking is what starts those that waited for another.
  for (const auto& node : nodes_)
    if (auto missing = node->services_missing(); missing && !first) first = std::move(missing);
  return first;
}

void Lab::follow_restart() {
  restarts_ = sys::Timer::every(loop_, kRestartsAsked, [this, deadline = sys::now() + kServicesBound] {
    try {
      if (services_missing() && sys::now() < deadline) return;
    } catch (const std::exception& error) {  // nobody waits for it; the lab goes on without
      events_.add({sys::now(), "service", "", error.what()});
    }
    restarts_ = {};
  });
}

services::Sight Lab::sight() {
  return {[this](const std::string& name) { return &node(name).services(); },
          [this](const std::string& name) -> const std::vector<services::RouteSeen>& { return node(name).routes(); }};
}

/// What a look could not find out is not settled either.
std::optional<std::string> Lab::unsettled() {
  try {
    if (auto missing = services_missing()) return missing;
    return facts_missing();
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::optional<std::string> Lab::facts_missing() {
  const auto view = sight();
  std::optional<std::string> first;
  int more = -1;
  for (const auto& fact : plan_.facts)
    if (auto missing = services::difference(fact, view)) {
      ++more;
      if (!first) first = std::move(missing);
    }
  if (more > 0) *first += fmt::format(" (and {} more)", more);
  return first;
}

std::vector<std::pair<plan::Fact, std::optional<std::string>>> Lab::facts() {
  const auto view = sight();
  std::vector<std::pair<plan::Fact, std::optional<std::string>>> out;
  for (const auto& fact : plan_.facts) out.emplace_back(fact, services::difference(fact, view));
  return out;
}

}  // namespace xconn::lab
