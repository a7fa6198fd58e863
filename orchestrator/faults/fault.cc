// SPDX-License-Identifier: Apache-2.0
#include "faults/fault.hh"

#include "faults/effects.hh"
#include "faults/holds.hh"
#include "faults/site.hh"

namespace xconn::faults {

struct Fault::State {
  Request request;
  Effects effects;

  void heal(const sys::Pending& pending) {
    for (auto effect = effects.rbegin(); effect != effects.rend(); ++effect) try {
        (*effect)->heal(pending);
      } catch (...) {
        pending->failed(std::current_exception());
      }
    effects.clear();
  }
  ~State() {
    while (!effects.empty()) effects.pop_back();
  }
};

Fault::Fault(sys::Loop& loop, Site& site, Holds& holds, Request request, const sys::Pending& pending)
    : state_(std::make_unique<State>()) {
  state_->request = as_built(std::move(request), site.inventory());
  validate(state_->request, site.inventory());
  state_->effects = apply(loop, site, holds, state_->request, pending);
}

Fault::Fault(Fault&&) noexcept = default;
Fault& Fault::operator=(Fault&&) noexcept = default;
Fault::~Fault() = default;

void Fault::heal(const sys::Pending& pending) { state_->heal(pending); }
const Request& Fault::request() const { return state_->request; }

}  // namespace xconn::faults
