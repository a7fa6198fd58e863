// SPDX-License-Identifier: Apache-2.0
#include "faults/registry.hh"

#include <map>

#include "base/errors.hh"
#include "faults/site.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"

namespace xconn::faults {

namespace {

struct Entry {
  Fault fault;
  std::optional<std::chrono::nanoseconds> applied_at, heals_at;  // the first is absent until it is in force
  sys::Timer timer;
};

}  // namespace

struct Registry::State : std::enable_shared_from_this<State> {
  State(sys::Loop& on, Site& in, std::function<void(const Event&)> tell)
      : loop(on), site(in), holds(in), on_event(std::move(tell)) {}

  void say(std::chrono::nanoseconds at, int id, const char* what, std::string text, const Request& request) const {
    if (on_event) on_event({at, id, what, std::move(text), request});
  }

  int apply(Request request, const Applied& applied) {
    const int id = next_id++;
    const auto pending = sys::Join::begin(loop, [weak = weak_from_this(), id, applied](const auto& end) {
      if (const auto state = weak.lock()) state->is_applied(id, end, applied);
    });
    try {
      active.emplace(id, Entry{Fault(loop, site, holds, std::move(request), pending), {}, {}, {}});
    } catch (...) {
      pending->failed(std::current_exception());
    }
    return id;
  }
  void is_applied(int id, const sys::Join::End& end, const Applied& applied) {
    const auto place = active.find(id);
    auto failure = end.failure;
    if (place == active.end() && !failure)
      failure = std::make_exception_ptr(Error("fault " + std::to_string(id) + " was healed before it was in force"));
    if (failure) {
      if (place != active.end()) active.erase(place);  // which undoes what there is of it
      if (applied) applied(failure);
      return;
    }
    in_force(id, place->second, end.at);
    if (applied) applied(id);
  }
  void in_force(int id, Entry& entry, std::chrono::nanoseconds at) {
    const Request& told = entry.fault.request();
    entry.applied_at = at;
    if (told.for_) {
      entry.heals_at = at + *told.for_;
      entry.timer = sys::Timer::once(loop, *entry.heals_at - sys::now(), [this, id] { heal(id, {}); });
    }
    say(at, id, "applied", to_string(told) + " applied", told);
  }

  void heal(int id, const Healed& healed) {
    const auto place = active.find(id);
    const auto told = place == active.end() ? Request{} : place->second.fault.request();
    const bool known = place != active.end() && place->second.applied_at;
    const auto pending = sys::Join::begin(loop, [weak = weak_from_this(), id, told, known, healed](const auto& end) {
      if (const auto state = weak.lock(); state && known) state->say_healed(id, told, end);
      if (healed) healed(end.failure);
    });
    if (place == active.end())
      return pending->failed(
          std::make_exception_ptr(NotFoundError("there is no fault " + std::to_string(id) + " in force")));
    Entry entry = std::move(place->second);
    active.erase(place);
    entry.fault.heal(pending);
  }
  void say_healed(int id, const Request& told, const sys::Join::End& end) const {
    if (!end.failure) return say(end.at, id, "healed", to_string(told) + " healed", told);
    try {
      std::rethrow_exception(end.failure);
    } catch (const std::exception& error) {
      say(end.at, id, "failed", to_string(told) + " could not be healed: " + error.what(), told);
    }
  }
  void heal_all(const Healed& healed) {
    const auto all = sys::Join::begin(loop, [healed](const auto& end) {
      if (healed) healed(end.failure);
    });
    while (!active.empty())
      heal(std::prev(active.end())->first, [all](const auto& failure) {
        if (failure) all->failed(failure);
      });
  }

  sys::Loop& loop;
  Site& site;
  Holds holds;
  std::function<void(const Event&)> on_event;
  std::map<int, Entry> active;
  int next_id = 1;
};

Registry::Registry(sys::Loop& loop, Site& site, std::function<void(const Event&)> on_event)
    : state_(std::make_shared<State>(loop, site, std::move(on_event))) {}

Registry::~Registry() {
  while (!state_->active.empty()) state_->active.erase(std::prev(state_->active.end()));
}

int Registry::apply(Request request, const Applied& applied) { return state_->apply(std::move(request), applied); }

std::vector<Active> Registry::list() const {
  std::vector<Active> result;
  for (const auto& [id, entry] : state_->active)
    if (entry.applied_at) result.push_back({id, entry.fault.request(), *entry.applied_at, entry.heals_at});
  return result;
}

bool Registry::has(int id) const { return state_->active.contains(id); }

void Registry::heal(int id, const Healed& healed) { state_->heal(id, healed); }

void Registry::heal_all(const Healed& healed) { state_->heal_all(healed); }

}  // namespace xconn::faults
