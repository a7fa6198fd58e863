// SPDX-License-Identifier: Apache-2.0
#include "services/load_balancer.hh"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/errors.hh"
#include "network/fields.hh"
#include "services/stream.hh"
#include "services/waiting.hh"
#include "sys/file.hh"

namespace xconn::services {

using nlohmann::json;

LoadBalancer::LoadBalancer(const plan::Service& spec, const Context& context)
    : JsonDaemon(spec, context, "xconn-lb", "lb") {}
LoadBalancer::~LoadBalancer() = default;

json LoadBalancer::edited() const {
  auto balancer = fields::decoded<network::Balancer>(json::parse(sys::read_file(file(spec().config))));
  for (const auto& [number, edit] : edits_) edit(balancer.probe);
  return fields::encode(balancer);
}

std::string LoadBalancer::config() const {
  if (edits_.empty()) return JsonDaemon::config();
  const auto path = file(name() + ".faults.json");
  sys::write_file(path, edited().dump(2), 0600);
  return path;
}

/// What an earlier life has not answered it never will.
std::shared_ptr<void> LoadBalancer::follow() {
  hang_up();
  return JsonDaemon::follow();
}

void LoadBalancer::files_changed(const std::vector<std::string>& names) {
  if (std::ranges::find(names, spec().config) != names.end()) configure({});
}

void LoadBalancer::edit_probe(int number, network::ProbeEdit edit, const sys::Pending& pending) {
  edits_[number] = std::move(edit);
  configure(pending);
}

void LoadBalancer::undo_edit(int number, const sys::Pending& pending) {
  if (edits_.erase(number) > 0) configure(pending);
}

/// One that does not run reads it all at its start.
void LoadBalancer::configure(const sys::Pending& pending) {
  if (!running()) return;
  const auto received = [this](Inbox& inbox) {
    while (const auto line = inbox.take_line()) answered(json::parse(*line, nullptr, false));
  };
  if (!requests_) requests_ = Stream::connect(context().loop, socket(), received, [this] { hang_up(); });
  if (!requests_) return ask_for_restart();  // it serves nobody yet, but may have read its file
  unanswered_.push_back(waiting(context().loop, pending, context().node + "'s " + name()));
  requests_->send(json{{"configure", edited()}}.dump() + "\n");
}

void LoadBalancer::answered(const json& answer) {
  state_changed();
  if (unanswered_.empty()) return;
  const auto waited = std::move(unanswered_.front());
  unanswered_.pop_front();
  if (!answer.contains("configured")) refused(waited->pending, answer.is_object() ? answer.value("error", "") : "");
  if (unanswered_.empty()) hang_up();
}

void LoadBalancer::refused(const sys::Pending& pending, const std::string& why) {
  const auto refusal = name() + " is started again, for it did not take its new configuration in place: " + why;
  if (pending) pending->failed(std::make_exception_ptr(Error(context().node + ": " + refusal)));
  tell("service", refusal);
  ask_for_restart();
}

void LoadBalancer::hang_up() {
  unanswered_.clear();
  requests_.reset();
}

std::optional<std::string> LoadBalancer::unready() {
  return unanswered_.empty() ? JsonDaemon::unready() : "does not run its new configuration yet";
}

}  // namespace xconn::services
