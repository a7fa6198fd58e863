// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/balancer.hh"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/errors.hh"
#include "kernel/monitor.hh"
#include "kernel/netlink.hh"
#include "network/fields.hh"
#include "nodes/load-balancer/daemon/health.hh"
#include "nodes/load-balancer/daemon/neighbour.hh"
#include "nodes/load-balancer/daemon/prober.hh"
#include "nodes/load-balancer/daemon/resets.hh"
#include "nodes/load-balancer/daemon/steering.hh"
#include "nodes/load-balancer/daemon/translation.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"

namespace xconn::lb {

using nlohmann::json;

namespace {

constexpr Duration kStarting = std::chrono::milliseconds(250);
constexpr Duration kLookAfterIdle = std::chrono::seconds(1);

struct Watched {
  explicit Watched(int threshold) : health(threshold), since(sys::now()) {}
  void probe_by(const Probe& probe) {
    health.set_threshold(probe.threshold);
    if (prober) prober->probe_by(probe);
  }
  Health health;
  Duration since;
  std::optional<ProbeResult> last;
  std::unique_ptr<Prober> prober;
};

bool needs_translation(const Config& config) { return config.is_public; }

std::vector<NextDevice> ways_of(const Config& config, const sys::Netns& here, const sys::Netns& fabric) {
  std::vector<NextDevice> ways;
  for (const auto& backend : config.backends) ways.push_back(next_device(here, backend.interface, fabric));
  return ways;
}

// The fabric answers for the probe's source, so that answers of the backends end there.
void own_probe_source(const Config& config, const sys::Netns& fabric) {
  kernel::Netlink netlink(fabric, "the fabric");
  netlink.commit(kernel::address_add("lo", {config.probe_source, 32}).tolerate(EEXIST));
  netlink.commit(kernel::link_set("lo", {.up = true}));
}

/// Whether one that runs `config` can take the other in place.
bool differs_in_probe_alone(const Config& config, Config other) {
  other.probe = config.probe;
  return other == config;
}

json to_json(const FlowCounts& flows) { return {{"tcp", flows.tcp}, {"udp", flows.udp}, {"other", flows.other}}; }

json to_json(const Rule& rule) {
  if (rule.ha_ports) return {{"ha_ports", true}, {"floating_ip", rule.floating_ip}};
  return {{"protocol", rule.protocol == 6 ? "tcp" : "udp"},
          {"port", rule.port},
          {"backend_port", rule.backend_port},
          {"floating_ip", rule.floating_ip}};
}

void add(FlowCounts& sum, const FlowCounts& more) {
  sum.tcp += more.tcp;
  sum.udp += more.udp;
  sum.other += more.other;
}

}  // namespace

struct Balancer::State {
  State(sys::Loop& on, Config it)
      : loop(on),
        config(std::move(it)),
        here(sys::Netns::current()),
        fabric(sys::Netns::open(config.probe_netns)),
        ways(ways_of(config, here, fabric)),
        links(loop, here, [this](const kernel::Change& change) { link_changed(change); }) {
    own_probe_source(config, fabric);
    if (needs_steering(config)) steering = std::make_unique<Steering>(config, ways, fabric);
    if (config.tcp_reset) reset_idle_flows();
    if (needs_translation(config)) translation = std::make_unique<Translation>(config, here, ways);
    for (std::size_t n = 0; n < config.backends.size(); ++n) backends.emplace_back(config.probe.threshold);
  }

  void reset_idle_flows() {
    resets.emplace(config, ways, next_device(here, config.front_interface, fabric));
    idle = sys::Timer::every(loop, std::min(config.idle_timeout / 4, kLookAfterIdle), [this] {
      for (const auto& flow : steering->forget_idle()) resets->send(flow);
    });
  }

  void start_probes() {
    for (std::size_t n = 0; n < backends.size(); ++n) {
      const auto& backend = config.backends[n];
      backends[n].prober = std::make_unique<Prober>(
          loop, fabric, ProbePath{config.probe_source, backend.address, backend.fabric_interface}, config.probe,
          [this, n](const ProbeResult& result) { probed(n, result); });
      backends[n].prober->start(std::min(config.probe.interval, kStarting), true);
    }
  }
  void probed(std::size_t index, const ProbeResult& result) {
    Watched& backend = backends[index];
    backend.last = result;
    if (backend.health.note(result.answered)) verdict(index, result);
    if (result.answered && starting) keep_interval();
  }
  void keep_interval() {
    starting = false;
    for (auto& backend : backends) {
      if (backend.prober) backend.prober->start(config.probe.interval, false);
    }
  }
  void probe_by(const Probe& probe) {
    const bool another_rhythm = probe.interval != config.probe.interval;
    config.probe = probe;
    for (auto& backend : backends) backend.probe_by(probe);
    if (another_rhythm && !starting) keep_interval();
  }
  void verdict(std::size_t index, const ProbeResult& result) {
    Watched& backend = backends[index];
    const bool healthy = backend.health.healthy();
    if (steering) steering->set_healthy(index, healthy);
    const int moved = translation ? translation->set_healthy(verdicts()) : 0;
    backend.since = sys::now();
    repinned += static_cast<std::uint64_t>(moved);
    const auto& name = config.backends[index].name;
    const auto why = healthy ? "probe " + result.text
                             : std::to_string(config.probe.threshold) +
                                   (config.probe.threshold == 1 ? " probe" : " probes") + " unanswered (" +
                                   result.text + ")";
    const auto also = moved > 0 ? "; " + std::to_string(moved) + " flows taken from it" : "";
    sink({backend.since, "backend", name + (healthy ? " healthy: " : " unhealthy: ") + why + also, name, healthy});
  }
  std::vector<bool> verdicts() const {
    std::vector<bool> result;
    for (const auto& backend : backends) result.push_back(backend.health.healthy());
    return result;
  }

  // Routes and neighbours towards a backend go when its interface goes down; nobody else puts them back.
  void link_changed(const kernel::Change& change) {
    const auto* link = std::get_if<kernel::Link>(&change.what);
    if (link == nullptr || change.gone || !link->up || !translation) return;
    const auto ours = std::any_of(config.backends.begin(), config.backends.end(),
                                  [&](const Backend& backend) { return backend.interface == link->name; });
    if (ours) translation->set_ways(ways);
  }

  json backend_state(std::size_t index, const FlowCounts& flows) const {
    const Watched& backend = backends[index];
    const auto& it = config.backends[index];
    Traffic traffic = steering ? steering->traffic(index) : Traffic{};
    if (translation) {
      const auto more = translation->traffic(index);
      traffic.packets += more.packets;
      traffic.bytes += more.bytes;
      traffic.new_flows += more.new_flows;
    }
    json probe = nullptr;
    if (backend.last) {
      probe = {{"at", backend.last->at.count()}, {"answered", backend.last->answered}, {"text", backend.last->text}};
    }
    return {{"name", it.name},
            {"address", it.address.text()},
            {"interface", it.interface},
            {"healthy", backend.health.healthy()},
            {"since", backend.since.count()},
            {"failures", backend.health.failures()},
            {"probe", probe},
            {"flows", to_json(flows)},
            {"packets", traffic.packets},
            {"bytes", traffic.bytes},
            {"new_flows", traffic.new_flows},
            {"repinned", traffic.repinned}};
  }
  std::vector<FlowCounts> flows() const {
    std::vector<FlowCounts> result(backends.size());
    const auto steered = steering ? steering->flows() : result;
    const auto translated = translation ? translation->flows() : std::vector<FlowCounts>(backends.size());
    for (std::size_t n = 0; n < result.size(); ++n) {
      if (steering) add(result[n], steered[n]);
      add(result[n], translated[n]);
    }
    return result;
  }

  sys::Loop& loop;
  Config config;
  sys::Netns here, fabric;
  std::vector<NextDevice> ways;
  std::unique_ptr<Steering> steering;
  std::unique_ptr<Translation> translation;
  std::optional<Resets> resets;
  sys::Timer idle;
  std::vector<Watched> backends;
  Sink sink;
  std::uint64_t repinned = 0;
  bool starting = true;
  kernel::Monitor links;
};

Balancer::Balancer(sys::Loop& loop, Config config) : state_(std::make_unique<State>(loop, std::move(config))) {}
Balancer::~Balancer() = default;

void Balancer::start(Sink sink) {
  state_->sink = std::move(sink);
  state_->start_probes();
}

void Balancer::configure(const Config& config) {
  if (!differs_in_probe_alone(state_->config, config)) throw Error("only the probe can be changed in place");
  state_->probe_by(config.probe);
}

json Balancer::state() const {
  const auto& config = state_->config;
  json rules = json::array(), backends = json::array();
  for (const auto& rule : config.rules) rules.push_back(to_json(rule));
  const auto flows = state_->flows();
  std::uint64_t repinned = state_->repinned;
  for (std::size_t n = 0; n < flows.size(); ++n) {
    backends.push_back(state_->backend_state(n, flows[n]));
    repinned += backends.back().at("repinned").get<std::uint64_t>();
  }
  const auto verdicts = state_->verdicts();
  Drops drops = state_->steering ? state_->steering->drops() : Drops{};
  if (state_->translation) drops.unmatched += state_->translation->drops().unmatched;
  return {{"name", config.name},
          {"kind", config.is_public ? "public" : "internal"},
          {"frontend", config.frontend.text()},
          {"healthy", std::count(verdicts.begin(), verdicts.end(), true)},
          {"probe", fields::encode(config.probe)},
          {"rules", rules},
          {"drops", {{"no_backend", drops.no_backend}, {"unmatched", drops.unmatched}}},
          {"repinned", repinned},
          {"backends", backends}};
}

}  // namespace xconn::lb
