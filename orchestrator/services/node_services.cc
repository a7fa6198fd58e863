#include "services/node_services.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "base/errors.hh"

namespace xconn::services {
namespace {

std::vector<std::string> names_of(const std::vector<std::unique_ptr<Service>>& services) {
  std::vector<std::string> names;
  for (const auto& service : services) names.push_back(service->name());
  return names;
}

}  // namespace

NodeServices::NodeServices(const plan::Node& node, const Context& context) : context_(context) {
  for (const auto& spec : node.services) services_.push_back(make(spec, context_));
  for (const auto& service : services_)
    for (const auto& earlier : service->spec().after) at(earlier);
}

NodeServices::~NodeServices() { stop(std::chrono::seconds(1)); }

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

Service* NodeServices::of_kind(std::string_view kind) const {
  const auto found = std::ranges::find(services_, kind, [](const auto& service) { return service->kind(); });
  return found == services_.end() ? nullptr : found->get();
}

void NodeServices::start() {
  for (const auto& service : services_)
    if (!service->started() && service->spec().after.empty()) service->start();
}

std::optional<std::string> NodeServices::missing() {
  std::optional<std::string> first;
  for (const auto& service : services_) {
    if (service->wants_restart()) restart(service->name());
    if (!service->started() && std::ranges::all_of(service->spec().after, [this](const auto& name) {
          return find(name)->started() && find(name)->ready();
        }))
      service->start();
    if (auto what = service->missing(); what && !first)
      first = fmt::format("{}: {}: {}", context_.node, service->name(), *what);
  }
  return first;
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
    if (affected.contains((*service)->name())) (*service)->stop();
  at(name).start();  // those after it start from missing(), once it is ready
}

void NodeServices::change(const std::vector<plan::Service>& wanted, const std::vector<std::string>& files) {
  const auto stays = [&](const auto& service) { return std::ranges::find(wanted, service->spec()) != wanted.end(); };
  for (auto service = services_.rbegin(); service != services_.rend(); ++service)
    if (!stays(*service)) (*service)->stop();
  std::erase_if(services_, [&](const auto& service) { return !stays(service); });
  std::vector<std::unique_ptr<Service>> all;
  for (const auto& spec : wanted) {
    const auto known = std::ranges::find_if(services_, [&](const auto& s) { return s && s->name() == spec.name; });
    if (known != services_.end()) (*known)->files_changed(files);
    all.push_back(known == services_.end() ? make(spec, context_) : std::move(*known));
  }
  services_ = std::move(all);
  start();
}

void NodeServices::stop(Duration grace) {
  for (const auto& service : services_) service->signal(SIGTERM);
  for (auto service = services_.rbegin(); service != services_.rend(); ++service) (*service)->stop(grace);
}

nlohmann::json NodeServices::state() {
  auto states = nlohmann::json::object();
  for (const auto& service : services_) try {
      states[service->name()] = service->state();
    } catch (const Error& error) {
      states[service->name()] = {
          {"error", error.what()}, {"running", service->running()}, {"pids", service->process_ids()}};
    }
  return states;
}

}  // namespace xconn::services
