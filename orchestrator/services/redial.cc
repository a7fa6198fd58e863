// SPDX-License-Identifier: Apache-2.0
#include "services/redial.hh"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "services/json_part.hh"
#include "services/strongswan.hh"
#include "services/vici.hh"

namespace xconn::services {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds{200};
constexpr Duration kLongestPause = std::chrono::seconds{2};

bool has_child(const nlohmann::json& sa, const std::string& name) {
  return std::ranges::any_of(part(sa, "child-sas"), [&](const nlohmann::json& child) {
    return child.is_object() && part(child, "name") == name && part(child, "state") != "DELETING" &&
           part(child, "state") != "DELETED";
  });
}

}  // namespace

bool is_at_work(const nlohmann::json& sa) {
  return part(sa, "state") == "CONNECTING" || !part(sa, "tasks-active").empty() || !part(sa, "tasks-queued").empty();
}

std::vector<Child> wanted_children(const std::vector<nlohmann::json>& connections) {
  std::vector<Child> wanted;
  for (const auto& event : connections)
    for (const auto& [connection, settings] : event.items())
      for (const auto& [name, child] : part(settings, "children").items())
        if (part(child, "dpd_action") == "start") wanted.push_back({connection, name});
  return wanted;
}

Standing standing_of(const Child& child, const nlohmann::json& sas) {
  const auto& own = part(sas, child.connection);
  if (std::ranges::any_of(own, [&](const auto& sa) { return has_child(sa, child.name); })) return Standing::kUp;
  return std::ranges::any_of(own, is_at_work) ? Standing::kComing : Standing::kGone;
}

void Redial::begin() {
  vici_.call("list-conns", {}, "list-conn", [this](const ViciReply& reply) {
    wanted_ = wanted_children(reply.streamed);
    changed();
  });
}

/// charon's own start_action and close_action have the first word.
void Redial::changed() {
  pause_ = kFirstPause;
  if (!wanted_.empty()) look_in(pause_);
}

void Redial::look_in(Duration pause) {
  timer_ = sys::Timer::once(loop_, pause, [this] { look(); });
}

/// Not with `noblock`: an SA that charon is busy with would be left out, and so seem to be gone.
void Redial::look() {
  if (std::exchange(asking_, true)) return look_in(pause_);  // one answer at a time: nothing is initiated twice
  vici_.call("list-sas", {}, "list-sa", [this](const ViciReply& reply) {
    asking_ = false;
    act(sas_of(reply));
  });
}

void Redial::act(const nlohmann::json& sas) {
  bool all_up = true;
  for (const auto& child : wanted_) {
    const auto standing = standing_of(child, sas);
    if (standing == Standing::kGone) initiate(child);
    all_up = all_up && standing == Standing::kUp;
  }
  if (all_up) return;
  pause_ = std::min(2 * pause_, kLongestPause);
  look_in(pause_);
}

/// A negative timeout: it does not wait for the outcome.
void Redial::initiate(const Child& child) {
  vici_.call("initiate", {{"ike", child.connection}, {"child", child.name}, {"timeout", "-1"}}, {}, {});
}

}  // namespace xconn::services
