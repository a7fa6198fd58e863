// SPDX-License-Identifier: Apache-2.0
#include "datapath/impair.hh"

#include <optional>

#include "datapath/filter.hh"
#include "datapath/rate.hh"

namespace xconn::datapath {
namespace {

bool needs_wire(const Impairment& it) {
  return it.delay.count() || it.jitter.count() || it.reorder > 0 || it.duplicate > 0 || it.corrupt > 0;
}

}  // namespace

struct Impaired::Impl {
  std::optional<Rate> rate;
  std::optional<Wire> wire;
  std::optional<Filter> loss;
};

Impaired::Impaired(const sys::Netns& netns, const std::string& interface, const sys::Netns& far_netns,
                   const std::string& far_interface, const Impairment& impairment, WireOptions options)
    : impl_(std::make_unique<Impl>()) {
  Impairment without_loss = impairment;
  without_loss.loss = 0;
  if (impairment.rate) impl_->rate.emplace(netns, interface, impairment.rate);
  if (needs_wire(impairment)) impl_->wire.emplace(netns, interface, without_loss, options);
  if (impairment.loss > 0)
    impl_->loss.emplace(far_netns, far_interface, FilterRule{.loss = impairment.loss, .seed = options.seed});
}
Impaired::~Impaired() = default;
Impaired::Impaired(Impaired&&) noexcept = default;
Impaired& Impaired::operator=(Impaired&&) noexcept = default;

}  // namespace xconn::datapath
