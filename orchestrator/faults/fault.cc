#include "faults/fault.hh"

#include "faults/effects.hh"
#include "faults/holds.hh"
#include "faults/site.hh"
#include "sys/clock.hh"

namespace xconn::faults {

struct Fault::State {
  Request request;
  Effects effects;
  std::chrono::nanoseconds applied_at{0};
  std::optional<std::chrono::nanoseconds> healed_at;

  // The last first. The first refusal is what the caller hears of.
  void heal() {
    std::exception_ptr refusal;
    for (auto effect = effects.rbegin(); effect != effects.rend(); ++effect) {
      try {
        (*effect)->heal();
      } catch (...) {
        if (!refusal) refusal = std::current_exception();
      }
    }
    effects.clear();
    if (!healed_at) healed_at = sys::now();
    if (refusal) std::rethrow_exception(refusal);
  }
  ~State() {
    while (!effects.empty()) effects.pop_back();
  }
};

Fault::Fault(sys::Loop& loop, Site& site, Holds& holds, Request request) : state_(std::make_unique<State>()) {
  validate(request, site.inventory());
  state_->request = std::move(request);
  state_->effects = apply(loop, site, holds, state_->request);
  state_->applied_at = sys::now();
}

Fault::Fault(Fault&&) noexcept = default;
Fault& Fault::operator=(Fault&&) noexcept = default;
Fault::~Fault() = default;

void Fault::heal() { state_->heal(); }
bool Fault::active() const { return state_ && !state_->healed_at; }
const Request& Fault::request() const { return state_->request; }
std::chrono::nanoseconds Fault::applied_at() const { return state_->applied_at; }
std::optional<std::chrono::nanoseconds> Fault::healed_at() const { return state_->healed_at; }

}  // namespace xconn::faults
