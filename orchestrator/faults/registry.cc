#include "faults/registry.hh"

#include <map>

#include "faults/site.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"

namespace xconn::faults {

namespace {

struct Entry {
  Fault fault;
  std::optional<std::chrono::nanoseconds> heals_at;
  sys::Timer timer;
};

}  // namespace

struct Registry::State {
  State(sys::Loop& on, Site& in, std::function<void(const Event&)> tell)
      : loop(on), site(in), holds(in), on_event(std::move(tell)) {}

  void say(std::chrono::nanoseconds at, int id, const char* what, std::string text, const Request& request) const {
    if (on_event) on_event({at, id, what, std::move(text), request});
  }

  int apply(Request request) {
    Fault fault(loop, site, holds, std::move(request));
    const int id = next_id++;
    const Request told = fault.request();
    const auto at = fault.applied_at();
    Entry entry{std::move(fault), {}, {}};
    if (told.for_) {
      entry.heals_at = at + *told.for_;
      entry.timer = sys::Timer::once(loop, *told.for_, [this, id] { time_is_up(id); });
    }
    active.emplace(id, std::move(entry));
    say(at, id, "applied", to_string(told) + " applied", told);
    return id;
  }
  void heal(std::map<int, Entry>::iterator place) {
    const int id = place->first;
    Entry entry = std::move(place->second);
    active.erase(place);
    const Request told = entry.fault.request();
    try {
      entry.fault.heal();
    } catch (const std::exception& error) {
      say(sys::now(), id, "failed", to_string(told) + " could not be healed: " + error.what(), told);
      throw;
    }
    say(*entry.fault.healed_at(), id, "healed", to_string(told) + " healed", told);
  }
  void time_is_up(int id) {
    const auto place = active.find(id);
    if (place == active.end()) return;
    try {
      heal(place);
    } catch (const std::exception&) {  // the event has said it; the loop goes on
    }
  }
  void heal_all() {
    std::exception_ptr refusal;
    while (!active.empty()) {
      try {
        heal(std::prev(active.end()));
      } catch (...) {
        if (!refusal) refusal = std::current_exception();
      }
    }
    if (refusal) std::rethrow_exception(refusal);
  }

  sys::Loop& loop;
  Site& site;
  Holds holds;
  std::function<void(const Event&)> on_event;
  std::map<int, Entry> active;
  int next_id = 1;
};

Registry::Registry(sys::Loop& loop, Site& site, std::function<void(const Event&)> on_event)
    : state_(std::make_unique<State>(loop, site, std::move(on_event))) {}

Registry::~Registry() {
  while (!state_->active.empty()) state_->active.erase(std::prev(state_->active.end()));
}

int Registry::apply(Request request) { return state_->apply(std::move(request)); }

std::vector<Active> Registry::list() const {
  std::vector<Active> result;
  for (const auto& [id, entry] : state_->active) {
    result.push_back({id, entry.fault.request(), entry.fault.applied_at(), entry.heals_at});
  }
  return result;
}

void Registry::heal(int id) {
  const auto place = state_->active.find(id);
  if (place == state_->active.end()) throw NotFoundError("there is no fault " + std::to_string(id) + " in force");
  state_->heal(place);
}

void Registry::heal_all() { state_->heal_all(); }

}  // namespace xconn::faults
