// SPDX-License-Identifier: Apache-2.0
#include "services/node_services.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/errors.hh"
#include "base/teardown.hh"
#include "services/frr.hh"
#include "services/load_balancer.hh"
#include "sys/clock.hh"
#include "sys/join.hh"

namespace xconn::services {
namespace {

constexpr Duration kGrace = std::chrono::seconds{2};
constexpr Duration kLookAgain = std::chrono::milliseconds{10};

/// Another policy is no reason to start it anew.
bool run_alike(plan::Service one, const plan::Service& other) {
  one.restart = other.restart;
  return one == other;
}

/// Whether it will serve before long without anybody's help. Why it cannot is added to `failures`.
bool is_coming(Service& service, std::string& failures) {
  if (!service.started()) return !service.held();
  if (service.ending()) return true;
  try {
    return service.running() && service.missing();
  } catch (const std::exception& error) {
    failures += (failures.empty() ? "" : "\n") + std::string(error.what());
    return false;
  }
}

std::vector<std::string> names_of(const std::vector<std::unique_ptr<Service>>& services) {
  std::vector<std::string> names;
  for (const auto& service : services) names.push_back(service->name());
  return names;
}

}  // namespace

NodeServices::NodeServices(const plan::Node& node, const Context& context) : router_(node), context_(context) {
  context_.router = &router_.wanted();
  for (const auto& spec : node.services) services_.push_back(made(spec));
  for (const auto& service : services_)
    for (const auto& earlier : service->spec().after) at(earlier);
}

/// All get their TERM before the first is waited for.
NodeServices::~NodeServices() {
  for (const auto* list : {&services_, &leaving_})
    for (const auto& service : *list) tear_down("a service", [&] { service->signal(SIGTERM); });
  while (!services_.empty()) services_.pop_back();
}

Service* NodeServices::find(std::string_view name) const {
  const auto found = std::ranges::find(services_, name, [](const auto& service) { return service->name(); });
  return found == services_.end() ? nullptr : found->get();
}

Service& NodeServices::at(std::string_view name) const {
  if (auto* service = find(name)) return *service;
  throw NotFoundError(
      fmt::format("{} has no service '{}'; it has: {}", context_.node, name,
                  services_.empty() ? "none" : fmt::format("{}", fmt::join(names_of(services_), ", "))));
}

void NodeServices::start() {
  for (const auto& service : services_)
    if (service->spec().after.empty() && may_start(*service)) service->start();
}

/// Not beside an earlier life of its own, nor below those that still hang on to that.
bool NodeServices::may_start(const Service& service) const {
  if (service.started() || service.held()) return false;
  const auto is_ready = [this](const auto& name) { return find(name)->started() && find(name)->ready(); };
  const auto is_in_the_way = [&](const auto& other) {
    return other->ending() &&
           (other->name() == service.name() || std::ranges::count(other->spec().after, service.name()) > 0);
  };
  return std::ranges::none_of(services_, is_in_the_way) && std::ranges::none_of(leaving_, is_in_the_way) &&
         std::ranges::all_of(service.spec().after, is_ready);
}

void NodeServices::advance() {
  std::erase_if(leaving_, [](const auto& service) { return !service->started(); });
  for (const auto& service : services_) {
    if (service->wants_restart()) restart(service->name());
    if (may_start(*service)) service->start();
  }
}

std::optional<std::string> NodeServices::missing() {
  advance();
  std::optional<std::string> first;
  for (const auto* list : {&services_, &leaving_})
    for (const auto& service : *list)
      if (auto what = service->missing(); what && !first)
        first = fmt::format("{}: {}: {}", context_.node, service->name(), *what);
  return first;
}

std::optional<std::string> NodeServices::pending(std::chrono::nanoseconds since, const RoutesSeen& main_table) {
  std::optional<std::string> first;
  for (const auto& service : services_) {
    if (service->done()) continue;
    auto what = service->pending(main_table);
    if (what)
      service->known();  // asks again
    else if (!service->has_answered(since))
      what = "has not answered yet";
    if (what && !first) first = fmt::format("{}: {}: {}", context_.node, service->name(), *what);
  }
  return first;
}

bool NodeServices::have_answered(std::chrono::nanoseconds since) {
  bool all = true;
  for (const auto& service : services_)
    if (service->running()) all = service->has_answered(since) && all;
  return all;
}

/// What cannot come is told once, and left alone until somebody asks for it.
void NodeServices::keep_advancing() {
  advancing_ = sys::Timer::every(context_.loop, kLookAgain, [this] {
    std::string failures;
    bool some_come = false;
    try {
      advance();
      for (const auto* list : {&services_, &leaving_})
        for (const auto& service : *list) some_come = is_coming(*service, failures) || some_come;
    } catch (const std::exception& error) {  // it cannot even be tried
      failures = error.what();
    }
    tell(failures);
    if (some_come) return;
    advancing_ = {};
  });
}

void NodeServices::tell(const std::string& failure) {
  if (failure != std::exchange(told_, failure) && !failure.empty() && context_.events)
    context_.events({sys::now(), "service", context_.node, failure});
}

std::unique_ptr<Service> NodeServices::made(const plan::Service& spec) {
  auto service = make(spec, context_);
  service->on_restart([this, name = spec.name] { come_back(name); });
  return service;
}

void NodeServices::come_back(const std::string& name) {
  try {
    restart(name);
  } catch (const std::exception& error) {
    tell(error.what());
  }
}

void NodeServices::mend() {
  for (const auto& service : services_) {
    if (!service->started() || service->running() || service->done() || service->held()) continue;
    service->set_restart(service->spec().restart);
    restart(service->name());
  }
}

void NodeServices::restart() {
  for (const auto& service : services_)
    if (service->spec().after.empty()) restart(service->name());
}

void NodeServices::restart(std::string_view name) {
  std::set<std::string> affected{at(name).name()};
  for (std::size_t before = 0; before != affected.size();) {
    before = affected.size();
    for (const auto& service : services_)
      if (std::ranges::any_of(service->spec().after, [&](const auto& earlier) { return affected.contains(earlier); }))
        affected.insert(service->name());
  }
  for (auto service = services_.rbegin(); service != services_.rend(); ++service)
    if (affected.contains((*service)->name())) (*service)->stop(kGrace);
  if (auto& first = at(name); may_start(first)) first.start();
  keep_advancing();
}

void NodeServices::change(const plan::Node& node, const std::vector<std::string>& files) {
  router_.plan(node);
  const auto& wanted = node.services;
  const auto stays = [&](const auto& service) {
    return std::ranges::any_of(wanted, [&](const auto& spec) { return run_alike(service->spec(), spec); });
  };
  for (auto service = services_.rbegin(); service != services_.rend(); ++service)
    if (!stays(*service)) (*service)->stop(kGrace);
  const auto going = std::stable_partition(services_.begin(), services_.end(), stays);
  std::move(going, services_.end(), std::back_inserter(leaving_));
  services_.erase(going, services_.end());
  std::vector<std::unique_ptr<Service>> all;
  for (const auto& spec : wanted) {
    const auto known = std::ranges::find_if(services_, [&](const auto& s) { return s && s->name() == spec.name; });
    if (known != services_.end()) {
      (*known)->files_changed(files);
      (*known)->set_restart(spec.restart);
    }
    all.push_back(known == services_.end() ? made(spec) : std::move(*known));
  }
  services_ = std::move(all);
  advance();
  keep_advancing();
}

void NodeServices::edit_router(int number, network::SpeakerEdit edit, const sys::Pending& pending) {
  router_.edit(number, std::move(edit));
  take_over_router(pending);
}

void NodeServices::undo_edit(int number, const sys::Pending& pending) {
  router_.undo(number);
  take_over_router(pending);
}

void NodeServices::edit_probe(std::string_view name, int number, network::ProbeEdit edit, const sys::Pending& pending) {
  dynamic_cast<LoadBalancer&>(at(name)).edit_probe(number, std::move(edit), pending);
  keep_advancing();
}

void NodeServices::undo_probe(std::string_view name, int number, const sys::Pending& pending) {
  if (auto* balancer = dynamic_cast<LoadBalancer*>(find(name))) balancer->undo_edit(number, pending);
  keep_advancing();
}

/// Its neighbours and what passes between them are bgpd's, the times of BFD bfdd's.
void NodeServices::take_over_router(const sys::Pending& pending) {
  for (const auto* name : {"bgpd", "bfdd"})
    if (auto* daemon = dynamic_cast<FrrDaemon*>(find(name))) daemon->take_over(pending);
  keep_advancing();  // what a daemon does not take has it restarted
}

void NodeServices::stop(Duration grace, const sys::Pending& pending) {
  advancing_ = {};
  for (auto service = services_.rbegin(); service != services_.rend(); ++service) (*service)->stop(grace, pending);
  for (const auto& service : leaving_) service->stop(grace, pending);
}

void NodeServices::state(Duration bound, std::function<void(const nlohmann::json&)> told) {
  const auto states = std::make_shared<nlohmann::json>(nlohmann::json::object());
  const auto all = sys::Join::begin(context_.loop, [states, told = std::move(told)](const auto&) { told(*states); });
  for (const auto& service : services_) {
    (*states)[service->name()] = {{"running", service->running()}, {"pids", service->process_ids()}};
    service->state(bound, [states, all, name = service->name()](sys::Outcome<nlohmann::json> state) {
      try {
        (*states)[name] = state.get();
      } catch (const std::exception& error) {
        (*states)[name]["error"] = error.what();
      }
    });
  }
}

}  // namespace xconn::services
